import { z } from "zod";
import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { bodyAs, queryOf } from "../body.ts";
import { refuse } from "../failure.ts";
import type { ServerRow } from "../state/rows.ts";
import type { Call, Validator } from "../validator.ts";
import { checkBlacklist, checkGpu, checkUnknown, gpuArgs, inventoryConflict, nodeOf } from "./gpu-args.ts";
import type { GpuArgs } from "./gpu-args.ts";
import { purge } from "./instances.ts";

const serverArgs = z.object({
  host: z.string().min(1).max(253),
  id: z.string().min(1).max(100),
  name: z.string().max(200).nullish(),
  gpus: z.array(gpuArgs).max(10),
});

/** POST /servers/: a confidential VM is registered, its evidence fetched and compared, its GPUs taken in. */
export function createServer({ validator, request, exchange, hotkey }: Call): MockResponse {
  const { network, settings, world } = validator;
  const args = bodyAs(request, serverArgs);
  checkBlacklist(validator, hotkey);
  if (exchange.fault("validator.409") !== null)
    refuse(409, inventoryConflict(args.gpus.map(({ uuid }) => uuid)));
  checkUnknown(network, args.gpus);
  checkHost(validator, args.host, hotkey);
  checkEvidence(validator, args.gpus);
  const nowMs = world.clock.nowMs();
  if (network.servers.has(args.id)) registrationFails("database constraint violation");
  network.add(network.servers, args.id, {
    id: args.id,
    name: args.name ?? args.id,
    ip: args.host,
    hotkey,
    tee: true,
    version: settings.vmVersion,
    createdMs: nowMs,
    updatedMs: null,
    windowId: null,
  });
  for (const gpu of args.gpus)
    network.add(
      network.nodes,
      gpu.uuid,
      nodeOf(gpu, {
        hotkey,
        serverId: args.id,
        seed: 0,
        createdMs: nowMs,
        verifiedAtMs: nowMs,
        taskId: null,
      }),
    );
  world.note("server.registered", { id: args.id, gpus: args.gpus.length });
  return jsonResponse(201, { message: "Server registered successfully." });
}

function registrationFails(reason: string): never {
  return refuse(400, `Server registration failed - ${reason}`);
}

/** One server per address, whoever owns it. */
function checkHost({ network, settings }: Validator, host: string, hotkey: string): void {
  const other = [...network.servers.values()].find(({ ip }) => ip === host);
  if (other !== undefined)
    refuse(
      409,
      other.hotkey === hotkey
        ? `IP ${host} is already registered to your server ${other.id} (${other.name}). IPs must be unique across all servers. Use GET /miner/servers to review your inventory.`
        : "Conflict with an existing server. Please contact support to resolve.",
    );
  // The real validator asks the worker there. This one knows its only worker.
  if (settings.worker !== "" && settings.worker !== host)
    registrationFails("Failed to get evidence for attestation: cannot connect");
}

/** The validator's own look at the worker: the faults of the attestation service reach it too. */
function checkEvidence({ devices, world }: Validator, gpus: readonly GpuArgs[]): void {
  const seen = { labels: { listener: "attestation", route: "evidence" } };
  if (world.faults.standing("attest.down", seen) !== null)
    registrationFails("Failed to get evidence for attestation: 502");
  if (gpus.length !== devices.length)
    registrationFails(
      `GPU count ${gpus.length} does not match the measured configuration of ${devices.length}`,
    );
  const real = new Set(devices.map(({ uuid }) => uuid));
  for (const gpu of gpus) {
    checkGpu(gpu);
    if (!real.has(gpu.uuid)) registrationFails(`Invalid GPU evidence: no GPU ${gpu.uuid}`);
  }
}

/** A server of this miner by its id or name. @throws Refusal 404 */
export function serverOf({ validator, hotkey, params }: Call): ServerRow {
  const wanted = params["id"] ?? "";
  const servers = [...validator.network.servers.values()];
  return (
    servers.find((server) => server.hotkey === hotkey && (server.id === wanted || server.name === wanted)) ??
    refuse(404, `Server ${wanted} not found`)
  );
}

/** DELETE /servers/{id}: with its GPUs, and what runs on them. */
export function deleteServer(call: Call): MockResponse {
  const { network } = call.validator;
  const server = serverOf(call);
  for (const node of network.nodes.values()) {
    if (node.serverId !== server.id) continue;
    const instance = network.instanceOf(node.uuid);
    if (instance !== undefined) purge(call.validator, instance);
    network.nodes.delete(node.uuid);
  }
  network.servers.delete(server.id);
  return jsonResponse(200, { name: server.name, message: "Server removed successfully" });
}

/** PATCH /servers/{id}?server_name=: what gepetto's migrations call at its start. */
export function renameServer(call: Call): MockResponse {
  const { network, world } = call.validator;
  const name = queryOf(call.request, "server_name");
  const server = serverOf(call);
  const taken = [...network.servers.values()].some(
    (other) => other !== server && other.hotkey === server.hotkey && other.name === name,
  );
  if (taken) refuse(409, `name '${name}' already in use by another server for this miner`);
  if (server.name !== name) server.updatedMs = world.clock.nowMs();
  server.name = name;
  return jsonResponse(200, {
    name,
    ip: server.ip,
    created_at: network.iso(server.createdMs),
    updated_at: server.updatedMs === null ? null : network.iso(server.updatedMs),
  });
}

/** GET /servers/{id} */
export function showServer(call: Call): MockResponse {
  const { network } = call.validator;
  const server = serverOf(call);
  return jsonResponse(200, {
    server_id: server.id,
    name: server.name,
    ip: server.ip,
    version: server.version,
    maintenance_pending_window_id: server.windowId,
    created_at: network.iso(server.createdMs),
    updated_at: server.updatedMs === null ? null : network.iso(server.updatedMs),
    ...(server.windowId === null ? {} : { target_version: network.upgradeWindow?.target ?? null }),
  });
}
