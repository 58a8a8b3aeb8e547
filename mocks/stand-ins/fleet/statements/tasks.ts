import { DatabaseError } from "../../../../harness/service/database.ts";
import type { Row, Statement } from "../../../../harness/service/database.ts";
import { LEADER, mayWrite } from "./lease.ts";
import type { Fence } from "./lease.ts";
import type { Fenced } from "./nodes.ts";
import { onlyRow, rowsOf } from "./tables.ts";

export type TaskKind = "cpu" | "gpu";
export type TaskState = "pending" | "running" | "done";

/** An accepted task: who accepted it, under which token, and its place in the order of commits. */
export type AcceptedRow = { id: string; key: string; seq: number; writer: string; token: number };
export type LedgerRow = AcceptedRow & { state: TaskState; worker: string | null; attempt: number };

/** SQLSTATE `unique_violation`: another statement took the same key at the same moment. */
export const UNIQUE_VIOLATION = "23505";

/**
 * Accepts a task, or finds the one that was accepted under the same key; no row: the fence held it off.
 * The counter's row lock is kept until the commit, so `seq` is the order of commits and has no gaps.
 */
export const acceptTask: Statement<
  readonly [...Fence, id: string, key: string, kind: TaskKind, durationMs: number],
  AcceptedRow
> = {
  name: "acceptTask",
  text: `with ${LEADER},
    known as (select id, key, seq, writer, token from tasks where key = $5),
    next as (
      update ledger set last_seq = last_seq + 1
      where exists (select from leader) and not exists (select from known) returning last_seq),
    accepted as (
      insert into tasks (id, key, seq, writer, token, kind, duration_ms, state, attempt, accepted_at, pending_since)
      select $4, $5, last_seq, $1, $2, $6, $7::int, 'pending', 1, now(), now() from next
      returning id, key, seq, writer, token)
    select * from accepted union all select * from known where exists (select from leader)`,
  model(tables, [holder, token, trusted, id, key, kind, durationMs], nowMs) {
    const tasks = rowsOf(tables, "tasks");
    const ledger = onlyRow(tables, "ledger");
    if (!mayWrite(tables, [holder, token, trusted])) return [];
    const known = tasks.find((row) => row["key"] === key);
    if (known) return [acceptedRow(known)];
    if (tasks.some((row) => row["id"] === id)) {
      throw new DatabaseError("none", "duplicate key value violates a unique constraint", UNIQUE_VIOLATION);
    }
    const seq = Number(ledger["last_seq"]) + 1;
    ledger["last_seq"] = seq;
    const times = { accepted_at: nowMs, pending_since: nowMs };
    const work = { kind, duration_ms: durationMs, state: "pending", worker: null, attempt: 1 };
    const task: Row = { id, key, seq, writer: holder, token, ...work, ...times };
    tasks.push(task);
    return [acceptedRow(task)];
  },
};

/** Gives a pending task to a worker. `changed` is false when it is no longer the pending attempt it was. */
export const assignTask: Statement<
  readonly [...Fence, id: string, worker: string, attempt: number],
  Fenced & { changed: boolean }
> = {
  name: "assignTask",
  text: `with ${LEADER},
    changed as (
      update tasks set state = 'running', worker = $5
      where id = $4 and attempt = $6::int and state = 'pending' and exists (select from leader) returning id)
    select exists (select from leader) as leader, exists (select from changed) as changed`,
  model(tables, [holder, token, trusted, id, worker, attempt]) {
    const tasks = rowsOf(tables, "tasks");
    if (!mayWrite(tables, [holder, token, trusted])) return [{ leader: false, changed: false }];
    const task = tasks.find(
      (row) => row["id"] === id && row["attempt"] === attempt && row["state"] === "pending",
    );
    if (task) Object.assign(task, { state: "running", worker });
    return [{ leader: true, changed: task !== undefined }];
  },
};

/** Takes everything back that runs on a lost worker; the next attempt makes its late reports stale. */
export const releaseTasks: Statement<readonly [...Fence, worker: string], Fenced & { released: number }> = {
  name: "releaseTasks",
  text: `with ${LEADER},
    released as (
      update tasks set state = 'pending', worker = null, attempt = attempt + 1, pending_since = now()
      where worker = $4 and state = 'running' and exists (select from leader) returning id)
    select exists (select from leader) as leader, (select count(*)::int from released) as released`,
  model(tables, [holder, token, trusted, worker], nowMs) {
    const tasks = rowsOf(tables, "tasks");
    if (!mayWrite(tables, [holder, token, trusted])) return [{ leader: false, released: 0 }];
    const running = tasks.filter((row) => row["worker"] === worker && row["state"] === "running");
    for (const task of running) {
      const attempt = Number(task["attempt"]) + 1;
      Object.assign(task, { state: "pending", worker: null, attempt, pending_since: nowMs });
    }
    return [{ leader: true, released: running.length }];
  },
};

/** Notes that an attempt is done. `already`: this very attempt was noted before, its answer was lost. */
export const finishTask: Statement<
  readonly [...Fence, id: string, worker: string, attempt: number],
  Fenced & { finished: boolean; already: boolean }
> = {
  name: "finishTask",
  text: `with ${LEADER},
    mine as (select state from tasks where id = $4 and worker = $5 and attempt = $6::int),
    finished as (
      update tasks set state = 'done'
      where id = $4 and worker = $5 and attempt = $6::int and state = 'running' and exists (select from leader)
      returning id)
    select exists (select from leader) as leader, exists (select from finished) as finished,
      exists (select from mine where state = 'done') as already`,
  model(tables, [holder, token, trusted, id, worker, attempt]) {
    const leader = mayWrite(tables, [holder, token, trusted]);
    const mine = rowsOf(tables, "tasks").find(
      (row) => row["id"] === id && row["worker"] === worker && row["attempt"] === attempt,
    );
    const already = mine?.["state"] === "done";
    const finished = leader && mine?.["state"] === "running";
    if (finished) mine["state"] = "done";
    return [{ leader, finished, already }];
  },
};

function acceptedRow(row: Row): AcceptedRow {
  const { id, key, seq, writer, token } = row;
  return { id: String(id), key: String(key), seq: Number(seq), writer: String(writer), token: Number(token) };
}
