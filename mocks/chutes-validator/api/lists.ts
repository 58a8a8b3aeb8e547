import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { queryFlag } from "../body.ts";
import { refuse } from "../failure.ts";
import type { Call } from "../validator.ts";
import { jobCreated } from "./events.ts";
import {
  chuteView,
  computeMultiplier,
  imageView,
  instanceView,
  jobView,
  nodeView,
  serverView,
} from "./views.ts";

type Table = "chutes" | "images" | "nodes" | "instances" | "metrics" | "jobs";

/**
 * GET /miner/{table}/: lines `data: {…}` with an empty one between them. A client that gets neither an item nor
 * `data: NO_ITEMS` keeps what it knew.
 */
export function streamTable(table: Table): (call: Call) => MockResponse {
  return (call) => {
    const { exchange, request } = call;
    const empty = exchange.fault("validator.emptyStream") !== null;
    const none = !empty && exchange.fault("validator.NO_ITEMS") !== null;
    const items = empty || none ? [] : itemsOf(table, call);
    const says = none || (!empty && table === "instances" && queryFlag(request, "explicit_null"));
    return { status: 200, headers: {}, body: lines(items, says) };
  };
}

async function* lines(items: readonly object[], saysNone: boolean): AsyncGenerator<string> {
  for (const item of items) yield `data: ${JSON.stringify(item)}\n\n`;
  if (items.length === 0 && saysNone) yield "data: NO_ITEMS\n";
}

function itemsOf(table: Table, { validator, hotkey }: Call): object[] {
  const { network, world } = validator;
  const nowMs = world.clock.nowMs();
  switch (table) {
    case "chutes":
      return [...network.chutes.values()].map((chute) => chuteView(network, chute));
    case "images":
      return [...network.images.values()].map((image) => imageView(network, image));
    case "nodes":
      return [...network.nodes.values()]
        .filter((node) => node.hotkey === hotkey)
        .map((node) => nodeView(network, node, nowMs));
    case "instances":
      return [...network.instances.values()]
        .filter((instance) => instance.hotkey === hotkey)
        .map((instance) => instanceView(network, instance));
    case "jobs":
      return [...network.jobs.values()].filter((job) => job.instanceId === null).map(jobView);
    case "metrics":
      return [...network.chutes.values()].map(({ id, name, bounty, target }) => ({
        chute_id: id,
        name,
        total_count: 0,
        rate_limit_count: 0,
        instance_count: countOf(validator, id),
        target_count: target,
        bounty,
      }));
  }
}

function countOf({ network }: Call["validator"], chute: string): number {
  return [...network.instances.values()].filter(({ chuteId }) => chuteId === chute).length;
}

/** GET /miner/active_instances/: everybody's. */
export function activeInstances({ validator }: Call): MockResponse {
  const { network } = validator;
  const active = [...network.instances.values()].filter((it) => it.active && it.verified);
  return jsonResponse(
    200,
    active.map(({ id, hotkey, chuteId, activatedMs }) => {
      const chute = network.chutes.get(chuteId);
      return {
        instance_id: id,
        miner_hotkey: hotkey,
        chute_id: chuteId,
        activated_at: activatedMs === null ? null : network.iso(activatedMs),
        compute_multiplier: chute === undefined ? 1 : computeMultiplier(chute),
      };
    }),
  );
}

/** GET /miner/servers/ */
export function minerServers({ validator, hotkey }: Call): MockResponse {
  const { network, world } = validator;
  const own = [...network.servers.values()].filter((server) => server.hotkey === hotkey);
  const newestFirst = own.toReversed().toSorted((a, b) => b.createdMs - a.createdMs);
  return jsonResponse(200, {
    servers: newestFirst.map((server) => serverView(network, server, world.clock.nowMs())),
  });
}

/** GET /miner/inventory: the GPUs that work. */
export function minerInventory({ validator, hotkey }: Call): MockResponse {
  const { network } = validator;
  const rows = [...network.nodes.values()].flatMap((node) => {
    const instance = node.hotkey === hotkey ? network.instanceOf(node.uuid) : undefined;
    if (instance === undefined) return [];
    return [
      {
        gpu_id: node.uuid,
        last_verified_at: instance.verifiedMs === null ? null : network.iso(instance.verifiedMs),
        verification_error: instance.verificationError,
        active: instance.active,
        chute_id: instance.chuteId,
        chute_name: network.chutes.get(instance.chuteId)?.name ?? null,
      },
    ];
  });
  return jsonResponse(200, rows);
}

/** GET /miner/chutes/{chute_id}/{version} */
export function minerChute({ validator, params }: Call): MockResponse {
  const id = params["chute"] ?? "";
  const chute = validator.network.chutes.get(id);
  if (chute === undefined || chute.version !== params["version"])
    return refuse(404, `chute_id='${id}' not found`);
  return jsonResponse(200, chuteView(validator.network, chute));
}

/** DELETE /miner/jobs/{job_id}: a miner gives a job back, and it is offered to all again. */
export function releaseJob({ validator, hotkey, params }: Call): MockResponse {
  const { network, channel } = validator;
  const id = params["job"] ?? "";
  const job = network.jobs.get(id);
  const chute = job === undefined ? undefined : network.chutes.get(job.chuteId);
  if (job === undefined || chute === undefined || job.hotkey !== hotkey || job.finished)
    return refuse(404, `job_id='${id}' not found or is not associated with your miner`);
  job.hotkey = null;
  job.instanceId = null;
  channel.broadcast(jobCreated(job, chute));
  return jsonResponse(200, null);
}

/** GET /chutes/utilization, for anybody. */
export function utilization({ validator }: Call): MockResponse {
  const { network } = validator;
  return jsonResponse(
    200,
    [...network.chutes.values()].map(({ id, name, target }) => {
      const count = countOf(validator, id);
      const active = [...network.instances.values()].filter(
        (it) => it.chuteId === id && it.active && it.verified,
      );
      return {
        chute_id: id,
        name,
        utilization_current: 0,
        utilization_1h: 0,
        instance_count: count,
        total_instance_count: count,
        active_instance_count: active.length,
        target_count: target,
        update_in_progress: network.rollingUpdates.has(id),
        scalable: count < target,
        scale_allowance: Math.max(0, target - count),
        avg_busy_ratio: 0,
        total_invocations: 0,
        total_rate_limit_errors: 0,
      };
    }),
  );
}

/** GET /chutes/rolling_updates, for anybody. */
export function rollingUpdates({ validator }: Call): MockResponse {
  const { network } = validator;
  return jsonResponse(
    200,
    [...network.rollingUpdates.values()].map(({ chuteId, oldVersion, newVersion, startedMs, permitted }) => ({
      chute_id: chuteId,
      old_version: oldVersion,
      new_version: newVersion,
      started_at: network.iso(startedMs),
      permitted,
    })),
  );
}
