import { z } from "zod";
import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { bodyAs, queryOf } from "../body.ts";
import { refuse } from "../failure.ts";
import { supportedGpus } from "../gpus.ts";
import type { Call } from "../validator.ts";
import { gpuVerified } from "./events.ts";
import { checkBlacklist, checkGpu, checkUnknown, gpuArgs, inventoryConflict, nodeOf } from "./gpu-args.ts";
import { purge } from "./instances.ts";
import { nodeView } from "./views.ts";

const nodesArgs = z.object({
  server_id: z.string().nullish(),
  server_name: z.string().nullish(),
  nodes: z.array(gpuArgs).min(1),
});

/** GPUs of one server (chutes-api create_nodes). */
const MAX_NODES = 10;

/** GET /nodes/supported */
export function listSupported(): MockResponse {
  return jsonResponse(200, supportedGpus());
}

/** POST /nodes/ (legacy): GPUs are taken in, and a proof of work is asked of each; it takes a while. */
export function createNodes({ validator, request, exchange, hotkey }: Call): MockResponse {
  const { network, settings, world, channel } = validator;
  if (settings.profile === "chutes-tee")
    refuse(403, "GraVal-based verification is no longer supported: register a TEE server instead.");
  const args = bodyAs(request, nodesArgs);
  checkBlacklist(validator, hotkey);
  if (args.nodes.length > MAX_NODES) refuse(400, `Limit is ${MAX_NODES} GPUs per server.`);
  if (exchange.fault("validator.409") !== null)
    refuse(409, inventoryConflict(args.nodes.map(({ uuid }) => uuid)));
  checkUnknown(network, args.nodes);
  for (const gpu of args.nodes) checkGpu(gpu);
  // One seed for all. Below 2^53, where the real one has 63 bits, so that every JSON reader keeps it.
  const seed = Number.parseInt(network.hex("seed", 13), 16);
  const taskId = network.hex("task", 32);
  const nowMs = world.clock.nowMs();
  const mismatch = exchange.fault("validator.seedMismatch") !== null;
  const nodes = args.nodes.map((gpu, at) =>
    network.add(
      network.nodes,
      gpu.uuid,
      nodeOf(gpu, {
        hotkey,
        serverId: args.server_id ?? null,
        seed: mismatch ? seed + at : seed,
        createdMs: nowMs,
        verifiedAtMs: nowMs + settings.verifyMs,
        taskId,
      }),
    ),
  );
  for (const node of nodes) channel.broadcastAt(node.verifiedAtMs, gpuVerified(node));
  world.note("nodes.registered", { gpus: nodes.length });
  return jsonResponse(202, {
    nodes: nodes.map((node) => nodeView(network, node, nowMs)),
    task_id: `${hotkey}::${taskId}`,
  });
}

/** GET /nodes/verification_status?task_id= (legacy) */
export function verificationStatus({ validator, request, exchange, hotkey }: Call): MockResponse {
  const [owner, task, more] = queryOf(request, "task_id").split("::");
  if (owner !== hotkey || task === undefined || more !== undefined) return refuse(401, "go away");
  const nodes = [...validator.network.nodes.values()].filter(({ taskId }) => taskId === task);
  const nowMs = validator.world.clock.nowMs();
  // An unknown task is as good as one that is not done: the real one asks a queue for its result.
  const pending = nodes.length === 0 || nodes.some(({ verifiedAtMs }) => verifiedAtMs > nowMs);
  if (exchange.fault("validator.pendingForever") !== null || pending)
    return jsonResponse(200, { status: "pending" });
  const seeds = new Set(nodes.map(({ seed }) => seed));
  if (seeds.size === 1) return jsonResponse(200, { status: "verified" });
  return jsonResponse(200, { status: "failed", detail: "GPUs of one server were proved with several seeds" });
}

/** DELETE /nodes/{uuid} */
export function deleteNode({ validator, hotkey, params }: Call): MockResponse {
  const { network } = validator;
  const uuid = params["id"] ?? "";
  const node = network.nodes.get(uuid);
  if (node === undefined || node.hotkey !== hotkey)
    refuse(404, "Node does not exist, or does not belong to you");
  const instance = network.instanceOf(uuid);
  if (instance !== undefined) purge(validator, instance);
  network.nodes.delete(uuid);
  return jsonResponse(200, { node_id: uuid, deleted: true });
}
