import { DatabaseError } from "../../../harness/service/database.ts";
import type { Database } from "../../../harness/service/database.ts";
import type { Host } from "../../../harness/service/host.ts";
import { json } from "../../../harness/service/http.ts";
import type { HttpResponse } from "../../../harness/service/http.ts";
import type { Acceptor, NewTask } from "./accept.ts";
import { controlPlaneMetrics } from "./control-plane-metrics.ts";
import type { Lease } from "./lease.ts";
import type { Reconciler } from "./reconcile.ts";
import type { Registry } from "./registry.ts";
import { BadRequest, countField, textField } from "../parts/router.ts";
import type { RouteInput, Routes } from "../parts/router.ts";
import { finishTask, listAssignments, readLedger, registerNode, summarizeFleet } from "./statements.ts";
import type { Fence } from "./statements.ts";

/** A task without a duration takes this long; the longest that is accepted is ten minutes. */
const DEFAULT_DURATION_MS = 500;
const MAX_DURATION_MS = 600_000;

export interface ControlPlane {
  readonly host: Host;
  readonly lease: Lease;
  /** This control plane's credentials, while it leads. */
  readonly fence: () => Fence | null;
  readonly database: Database;
  readonly registry: Registry;
  readonly reconciler: Reconciler;
  readonly acceptor: Acceptor;
  readonly controlPlaneTimeoutMs: number;
}

/** The controller's API. All that changes something is answered 503 by whoever does not lead. */
export function controlPlaneRoutes(plane: ControlPlane): Routes {
  const { host, lease, database, registry, acceptor } = plane;
  const asLeader = (work: (fence: Fence) => Promise<HttpResponse>) => {
    const fence = plane.fence();
    return fence === null ? Promise.resolve(notLeader()) : orUnavailable(work(fence));
  };
  return {
    "GET /health": () => {
      const role = lease.leading() === null ? "standby" : "leader";
      return json(200, { service: "control-plane", name: host.name, role, database: lease.database() });
    },
    "GET /healthz": () => (lease.canWrite() ? json(200, { leader: host.name }) : notLeader()),
    "GET /leader": () => {
      const token = lease.leading();
      return json(200, { leader: token !== null, name: host.name, token });
    },
    "GET /metrics": () => controlPlaneMetrics(plane),
    "POST /tasks": ({ body }) => {
      const task = newTask(body);
      return asLeader((fence) => acceptor.accept(task, fence));
    },
    "GET /tasks": () => orUnavailable(database.run(readLedger, []).then((rows) => json(200, rows))),
    "POST /tasks/:id/done": ({ params, body }) => {
      const report = [params["id"] ?? "", textField(body, "node"), countField(body, "attempt", 1e6)] as const;
      return asLeader(async (fence) => {
        const [noted] = await database.run(finishTask, [...fence, ...report]);
        if (noted?.finished === true || noted?.already === true) return json(200, { done: true });
        return noted?.leader === true
          ? json(409, { error: "this attempt is no longer wanted" })
          : notLeader();
      });
    },
    "POST /register": ({ body }) => {
      const node = {
        node: textField(body, "node"),
        role: textField(body, "role"),
        gpu: body["gpu"] === true,
      };
      return asLeader(async (fence) => {
        const [noted] = await database.run(registerNode, [...fence, node.node, node.role, node.gpu]);
        if (noted?.leader !== true) return notLeader();
        registry.add(node);
        host.log("a node registered", node);
        return json(200, { registered: true });
      });
    },
    "POST /heartbeat": ({ body }) => {
      const node = textField(body, "node");
      const running = Array.isArray(body["running"]) ? body["running"].length : 0;
      return asLeader(async () => {
        if (!registry.heard(node, running)) return json(404, { error: "unknown node: register first" });
        return json(200, { tasks: await database.run(listAssignments, [node]) });
      });
    },
    "GET /nodes": () => (plane.fence() === null ? notLeader() : json(200, registry.list())),
    "GET /fleet": () =>
      asLeader(async () => {
        const [counts] = await database.run(summarizeFleet, [plane.controlPlaneTimeoutMs]);
        const alive = registry.list().filter((node) => node.state === "alive");
        const gpus = alive.filter((node) => node.gpu).length;
        return json(200, { leader: host.name, workers: alive.length, gpus, ...counts });
      }),
  };
}

function newTask(body: RouteInput["body"]): NewTask {
  const kind = body["kind"];
  if (kind !== "cpu" && kind !== "gpu") throw new BadRequest('kind must be "cpu" or "gpu"');
  const durationMs = countField(body, "durationMs", MAX_DURATION_MS, DEFAULT_DURATION_MS);
  return { key: textField(body, "key"), kind, durationMs };
}

function notLeader(): HttpResponse {
  return json(503, { error: "this control plane does not lead, or cannot write" });
}

/** A statement that failed is 503 when it certainly did nothing, else 504. */
async function orUnavailable(work: Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return json(error.outcome === "none" ? 503 : 504, { error: error.message });
  }
}
