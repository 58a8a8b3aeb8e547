import type { Statement } from "../../../../harness/service/database.ts";
import { LEADER, mayWrite } from "./lease.ts";
import type { Fence } from "./lease.ts";
import { byText, rowsOf } from "./tables.ts";

/** A registered node. When it was last heard of is the leader's own knowledge, see registry.ts. */
export type NodeRow = { node: string; role: string; gpu: boolean };

/** `leader`: the fence let the write through. */
export type Fenced = { leader: boolean };

export const registerNode: Statement<readonly [...Fence, node: string, role: string, gpu: boolean], Fenced> =
  {
    name: "registerNode",
    text: `with ${LEADER},
    registered as (
      insert into nodes (node, role, gpu) select $4, $5, $6::boolean where exists (select from leader)
      on conflict (node) do update set role = excluded.role, gpu = excluded.gpu returning node)
    select exists (select from registered) as leader`,
    model(tables, [holder, token, trusted, node, role, gpu]) {
      const nodes = rowsOf(tables, "nodes");
      if (!mayWrite(tables, [holder, token, trusted])) return [{ leader: false }];
      const known = nodes.find((row) => row["node"] === node);
      if (known) Object.assign(known, { role, gpu });
      else nodes.push({ node, role, gpu });
      return [{ leader: true }];
    },
  };

export const listNodes: Statement<readonly [], NodeRow> = {
  name: "listNodes",
  text: `select node, role, gpu from nodes order by node collate "C"`,
  model: (tables) =>
    rowsOf(tables, "nodes")
      .toSorted(byText("node"))
      .map((row) => ({ node: String(row["node"]), role: String(row["role"]), gpu: row["gpu"] === true })),
};

/** What the database knows for GET /fleet. Ages by its clock, in ms; 0 when there is no such task. */
export type FleetRow = {
  controlPlanes: number;
  tasksPending: number;
  tasksRunning: number;
  tasksDone: number;
  oldestPendingMs: number;
  oldestUnfinishedMs: number;
};

export const summarizeFleet: Statement<readonly [controlPlaneTimeoutMs: number], FleetRow> = {
  name: "summarizeFleet",
  text: `select
    (select count(*)::int from control_planes
      where seen_at > now() - $1::int * interval '1 millisecond') as "controlPlanes",
    (count(*) filter (where state = 'pending'))::int as "tasksPending",
    (count(*) filter (where state = 'running'))::int as "tasksRunning",
    (count(*) filter (where state = 'done'))::int as "tasksDone",
    coalesce(extract(epoch from now() - min(pending_since) filter (where state = 'pending')) * 1000, 0)::int
      as "oldestPendingMs",
    coalesce(extract(epoch from now() - min(accepted_at) filter (where state <> 'done')) * 1000, 0)::int
      as "oldestUnfinishedMs"
    from tasks`,
  model(tables, [timeoutMs], nowMs) {
    const tasks = rowsOf(tables, "tasks");
    const inState = (state: string) => tasks.filter((row) => row["state"] === state);
    const oldestMs = (times: readonly number[]) =>
      times.length === 0 ? 0 : nowMs - times.reduce((a, b) => Math.min(a, b));
    const [pending, running] = [inState("pending"), inState("running")];
    const live = rowsOf(tables, "control_planes").filter((row) => Number(row["seen_at"]) > nowMs - timeoutMs);
    return [
      {
        controlPlanes: live.length,
        tasksPending: pending.length,
        tasksRunning: running.length,
        tasksDone: inState("done").length,
        oldestPendingMs: oldestMs(pending.map((row) => Number(row["pending_since"]))),
        oldestUnfinishedMs: oldestMs([...pending, ...running].map((row) => Number(row["accepted_at"]))),
      },
    ];
  },
};
