import type { Row, Statement, Tables } from "../../../../harness/service/database.ts";
import { onlyRow, rowsOf } from "./tables.ts";

/**
 * The leader's credentials, the first three parameters of each of its writes. `trusted` is true only with
 * FENCING=off: then the database takes the writer's word for it, and two leaders can write.
 */
export type Fence = readonly [holder: string, token: number, trusted: boolean];

/**
 * The fence as SQL, for the statement's `with`: a row only while this writer holds the lease with this token.
 * The shared lock makes a takeover wait until the write is committed, and a write wait for a takeover and
 * then look again: the check and the write are one.
 */
export const LEADER = `leader as (select 1 from lease where (holder = $1 and token = $2) or $3::boolean for share)`;

/** The fence on modelled tables. */
export function mayWrite(tables: Tables, [holder, token, trusted]: Fence): boolean {
  const lease = onlyRow(tables, "lease");
  return trusted || holdsLease(lease, holder, token);
}

function holdsLease(lease: Row, holder: string, token: number): boolean {
  return lease["holder"] === holder && lease["token"] === token;
}

/** Takes the lease when it has run out by the database's clock. Each acquisition raises the token by one. */
export const acquireLease: Statement<readonly [holder: string, ttlMs: number], { token: number }> = {
  name: "acquireLease",
  text: `update lease
    set holder = $1, token = token + 1, expires_at = now() + $2::int * interval '1 millisecond'
    where expires_at <= now() returning token`,
  model(tables, [holder, ttlMs], nowMs) {
    const lease = onlyRow(tables, "lease");
    if (Number(lease["expires_at"]) > nowMs) return [];
    const token = Number(lease["token"]) + 1;
    Object.assign(lease, { holder, token, expires_at: nowMs + ttlMs });
    return [{ token }];
  },
};

/** Prolongs a lease that nobody else has taken, even one that has run out: the token is still the newest. */
export const renewLease: Statement<
  readonly [holder: string, token: number, ttlMs: number],
  { token: number }
> = {
  name: "renewLease",
  text: `update lease set expires_at = now() + $3::int * interval '1 millisecond'
    where holder = $1 and token = $2 returning token`,
  model(tables, [holder, token, ttlMs], nowMs) {
    const lease = onlyRow(tables, "lease");
    if (!holdsLease(lease, holder, token)) return [];
    lease["expires_at"] = nowMs + ttlMs;
    return [{ token }];
  },
};

/** A control plane, leading or not, notes that it is alive and sees the database. Its own row: no fence. */
export const announce: Statement<readonly [name: string], never> = {
  name: "announce",
  text: `insert into control_planes (name, seen_at) values ($1, now())
    on conflict (name) do update set seen_at = excluded.seen_at`,
  model(tables, [name], nowMs) {
    const rows = rowsOf(tables, "control_planes");
    const known = rows.find((row) => row["name"] === name);
    if (known) known["seen_at"] = nowMs;
    else rows.push({ name, seen_at: nowMs });
    return [];
  },
};
