import type { Host } from "../../../../harness/service/host.ts";
import { json } from "../../../../harness/service/http.ts";
import { BadRequest, countField, textField } from "../../parts/router.ts";
import type { RouteInput, Routes } from "../../parts/router.ts";
import type { Job, Jobs, Progress } from "./jobs.ts";
import type { Nodes } from "./nodes.ts";

/** A job that says nothing takes eight seconds. A GPU knows its work by the second, so shorter steps gain nothing. */
const DEFAULTS = { steps: 8, stepMs: 1_000 };
const MAX_STEPS = 10_000;
const MAX_STEP_MS = 60_000;

export interface Board {
  readonly host: Host;
  readonly jobs: Jobs;
  readonly nodes: Nodes;
  /** Jobs on one node at once. */
  readonly slots: number;
}

/** The board's API: see ../README.md. */
export function boardRoutes(board: Board): Routes {
  const { host, jobs, nodes } = board;
  const noNode = () => json(404, { error: "there is no such node" });
  return {
    "GET /health": () => json(200, { service: "gpu-jobs", name: host.name }),
    "GET /status": () => json(200, statusOf(board)),
    "POST /jobs": ({ body }) => {
      const steps = Math.max(1, countField(body, "steps", MAX_STEPS, DEFAULTS.steps));
      const stepMs = countField(body, "stepMs", MAX_STEP_MS, DEFAULTS.stepMs);
      const job = jobs.accept({ key: textField(body, "key"), steps, stepMs }, host.clock.nowMs());
      if (job === null) return json(503, { error: "the board is full" });
      return json(201, { id: job.id, key: job.key });
    },
    "GET /jobs": () => json(200, jobs.list()),
    "POST /heartbeat": ({ body }) => {
      const runner = textField(body, "runner");
      for (const progress of readProgresses(body["running"])) jobs.heard(runner, progress);
      const health = { healthy: body["healthy"] === true, saw: String(body["saw"] ?? "").slice(0, 200) };
      const before = nodes.list().find((node) => node.runner === runner)?.state ?? "new";
      const { state } = nodes.heard(runner, health, host.clock.nowMs());
      if (state !== before) host.log("a node changed", { runner, before, state, ...health });
      if (state !== "ready") jobs.takeBack(runner);
      const room = state === "ready" ? shareOf(board) - jobs.of(runner).length : 0;
      for (let at = 0; at < room && jobs.giveOut(runner) !== null; at++);
      return json(200, { state, jobs: jobs.of(runner).map(assignment) });
    },
    "POST /jobs/:id/checkpoint": ({ params, body }) => {
      const progress = {
        id: params["id"] ?? "",
        attempt: countField(body, "attempt", 1e6),
        step: countField(body, "step", MAX_STEPS),
      };
      const noted = jobs.checkpoint(textField(body, "runner"), progress);
      if (noted === "unknown") return json(404, { error: "there is no such job" });
      return noted === "noted" ? json(200, { noted }) : json(409, { error: "another attempt has this job" });
    },
    "GET /nodes": () => json(200, nodes.list()),
    "POST /nodes/:runner/drain": ({ params }) => {
      const node = nodes.drain(params["runner"] ?? "");
      if (node === null) return noNode();
      jobs.takeBack(node.runner);
      return json(200, node);
    },
    "POST /nodes/:runner/return": ({ params }) => {
      const node = nodes.giveBack(params["runner"] ?? "");
      if (node === null) return noNode();
      return node === "unhealthy" ? json(409, { error: "its GPU is not in order" }) : json(200, node);
    },
  };
}

/** What a runner must know to go on where the job is safe. */
function assignment({ id, attempt, checkpoint, steps, stepMs }: Job) {
  return { id, attempt, fromStep: checkpoint, steps, stepMs };
}

/** Jobs for each node that takes any, so that the first to ask does not get them all. */
function shareOf({ jobs, nodes, slots }: Board): number {
  const ready = nodes.list().filter(({ state }) => state === "ready").length;
  const open = jobs.list().filter(({ state }) => state !== "done").length;
  return Math.min(slots, Math.ceil(open / Math.max(1, ready)));
}

function statusOf({ host, jobs, nodes }: Board) {
  const list = jobs.list();
  const count = (state: Job["state"]) => list.filter((job) => job.state === state).length;
  const oldest = list.find(({ state }) => state !== "done");
  return {
    gpus: nodes.list().filter(({ state }) => state === "ready").length,
    waiting: count("waiting"),
    running: count("running"),
    done: count("done"),
    oldestUnfinishedMs: oldest === undefined ? 0 : host.clock.nowMs() - oldest.acceptedMs,
    maxRepeatedSteps: list.reduce((most, { repeated }) => Math.max(most, repeated), 0),
  };
}

/** @throws BadRequest */
function readProgresses(value: RouteInput["body"][string]): Progress[] {
  if (!Array.isArray(value)) throw new BadRequest("running must be a list");
  return value.map((it: Record<string, unknown>) => ({
    id: textField(it, "id"),
    attempt: countField(it, "attempt", 1e6),
    step: countField(it, "step", MAX_STEPS),
  }));
}
