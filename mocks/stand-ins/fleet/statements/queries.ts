import type { Row, Statement } from "../../../../harness/service/database.ts";
import { rowsOf } from "./tables.ts";
import type { LedgerRow, TaskKind, TaskState } from "./tasks.ts";

/** A task that is not done, as the scheduler looks at it. */
export type OpenTask = {
  id: string;
  kind: TaskKind;
  state: TaskState;
  worker: string | null;
  attempt: number;
};

/** One scheduling pass looks at no more than this, the oldest first. */
export const MAX_OPEN_TASKS = 1_000;

export const listOpenTasks: Statement<readonly [], OpenTask> = {
  name: "listOpenTasks",
  text: `select id, kind, state, worker, attempt from tasks where state <> 'done'
    order by seq limit ${MAX_OPEN_TASKS}`,
  model: (tables) =>
    rowsOf(tables, "tasks")
      .filter((row) => row["state"] !== "done")
      .toSorted(bySeq)
      .slice(0, MAX_OPEN_TASKS)
      .map((row) => ({ id: String(row["id"]), kind: row["kind"] as TaskKind, ...progress(row) })),
};

/** What a worker must be running. */
export type Assignment = { id: string; kind: TaskKind; durationMs: number; attempt: number };

export const listAssignments: Statement<readonly [worker: string], Assignment> = {
  name: "listAssignments",
  text: `select id, kind, duration_ms as "durationMs", attempt from tasks
    where worker = $1 and state = 'running' order by seq`,
  model: (tables, [worker]) =>
    rowsOf(tables, "tasks")
      .filter((row) => row["worker"] === worker && row["state"] === "running")
      .toSorted(bySeq)
      .map((row) => ({
        id: String(row["id"]),
        kind: row["kind"] as TaskKind,
        durationMs: Number(row["duration_ms"]),
        attempt: Number(row["attempt"]),
      })),
};

/** Every accepted task in the order of commits: what the history checkers read. */
export const readLedger: Statement<readonly [], LedgerRow> = {
  name: "readLedger",
  text: `select key, id, seq, writer, token, state, worker, attempt from tasks order by seq`,
  model: (tables) =>
    rowsOf(tables, "tasks")
      .toSorted(bySeq)
      .map((row) => ({
        key: String(row["key"]),
        id: String(row["id"]),
        seq: Number(row["seq"]),
        writer: String(row["writer"]),
        token: Number(row["token"]),
        ...progress(row),
      })),
};

function progress(row: Row): { state: TaskState; worker: string | null; attempt: number } {
  return {
    state: row["state"] as TaskState,
    worker: row["worker"] as string | null,
    attempt: Number(row["attempt"]),
  };
}

function bySeq(a: Row, b: Row): number {
  return Number(a["seq"]) - Number(b["seq"]);
}
