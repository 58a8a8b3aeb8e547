import { DatabaseError } from "../../../harness/service/database.ts";
import type { Database } from "../../../harness/service/database.ts";
import type { Host } from "../../../harness/service/host.ts";
import { repeat } from "../parts/repeat.ts";
import { acquireLease, announce, createSchema, renewLease, UNDEFINED_TABLE } from "./statements.ts";

export interface LeaseSettings {
  /** How long the lease lasts without renewal. */
  readonly ttlMs: number;
  /** How often it is renewed by the leader, or tried for by the others. */
  readonly renewMs: number;
}

/** `missing`: the server answers, but our tables are gone. */
export type DatabaseView = "unknown" | "reachable" | "unreachable" | "schema-missing";

/** One control plane's side of the leader lease. */
export interface Lease {
  /** The token, as long as the lease is certainly ours; null otherwise. */
  leading(): number | null;
  /** Leading, and the last renewal came through: a write would probably be accepted. */
  canWrite(): boolean;
  /** How often this control plane became leader or found its way back: a change means that time was lost. */
  terms(): number;
  database(): DatabaseView;
}

/**
 * Keeps trying to hold the lease. The database's clock decides when it has run out; our own idea of it counts
 * from *before* a renewal was sent, so that it always ends no later.
 */
export function keepLease(host: Host, database: Database, { ttlMs, renewMs }: LeaseSettings): Lease {
  let token: number | null = null;
  let validUntilMs = 0;
  let failed = true;
  let terms = 0;
  let view: DatabaseView = "unknown";
  let schemaMade = false;

  const valid = () => token !== null && host.clock.nowMs() < validUntilMs;

  const take = async () => {
    const sentMs = host.clock.nowMs();
    const wasValid = valid();
    if (token !== null) {
      const kept = await database.run(renewLease, [host.name, token, ttlMs]);
      if (kept.length === 0) {
        host.log("another control plane took over", { token });
        token = null;
      }
    }
    if (token === null) {
      const [taken] = await database.run(acquireLease, [host.name, ttlMs]);
      if (taken === undefined) return;
      token = taken.token;
      host.log("took the lease", { token });
    }
    validUntilMs = sentMs + ttlMs;
    if (!wasValid) terms += 1;
  };

  repeat(host, "lease", renewMs, async () => {
    try {
      if (!schemaMade) await database.run(createSchema, []);
      schemaMade = true;
      await database.run(announce, [host.name]);
      await take();
      view = "reachable";
      failed = false;
    } catch (error) {
      failed = true;
      const gone = error instanceof DatabaseError && error.sqlState === UNDEFINED_TABLE;
      view = gone ? "schema-missing" : "unreachable";
      throw error;
    }
  });

  return {
    leading: () => (valid() ? token : null),
    canWrite: () => valid() && !failed,
    terms: () => terms,
    database: () => view,
  };
}
