import { z } from "zod";
import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { bodyAs } from "../body.ts";
import { refuse } from "../failure.ts";
import type { ChuteRow, InstanceRow } from "../state/rows.ts";
import type { Call, Validator } from "../validator.ts";
import { checkScalable } from "./capacity.ts";
import { instanceActivated, instanceCreated, instanceDeleted, instanceVerified } from "./events.ts";
import { checkBlacklist } from "./gpu-args.ts";
import { instanceView } from "./views.ts";

const announcement = z.object({
  node_ids: z.array(z.string()).min(1).max(10),
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
});

/** POST /instances/{chute_id}/: an instance without a launch config, as chutes before 0.3 are announced. */
export function announceInstance(call: Call): MockResponse {
  const { validator, request, hotkey, params } = call;
  const args = bodyAs(request, announcement);
  checkBlacklist(validator, hotkey);
  const chute = chuteOf(validator, params["chute"] ?? "");
  checkScalable(validator, chute, hotkey);
  const instance = addInstance(validator, chute, {
    hotkey,
    nodeIds: args.node_ids,
    host: args.host,
    port: args.port,
    configId: null,
    jobId: null,
  });
  return jsonResponse(202, instanceView(validator.network, instance));
}

/** @throws Refusal 404 */
export function chuteOf({ network }: Validator, id: string): ChuteRow {
  return network.chutes.get(id) ?? refuse(404, `Chute ${id} not found`);
}

export type NewInstance = Pick<InstanceRow, "hotkey" | "nodeIds" | "host" | "port" | "configId" | "jobId">;

/** Checks GPUs and address as chutes-api _validate_nodes does. @throws Refusal 400, 404, 409 */
export function addInstance(validator: Validator, chute: ChuteRow, wanted: NewInstance): InstanceRow {
  const { network, world, channel } = validator;
  const nodeIds = [...new Set(wanted.nodeIds)];
  if (nodeIds.length !== chute.gpuCount)
    refuse(
      400,
      `chute.chute_id='${chute.id}' chute.name='${chute.name}' requires exactly ${chute.gpuCount} GPUs.`,
    );
  for (const node of nodeIds) checkNode(validator, chute, node, wanted);
  const taken = [...network.instances.values()].some(
    ({ host, port }) => host === wanted.host && port === wanted.port,
  );
  if (taken) refuse(409, `Host/port ${wanted.host}:${wanted.port} is already in use by another instance.`);
  const id = network.uuid("instance");
  const instance = network.add(network.instances, id, {
    ...wanted,
    id,
    chuteId: chute.id,
    version: chute.version,
    nodeIds,
    verified: false,
    active: false,
    verificationError: null,
    createdMs: world.clock.nowMs(),
    activatedMs: null,
    verifiedMs: null,
  });
  const gpu = network.nodes.get(nodeIds[0] ?? "")?.gpuIdentifier ?? "";
  if (instance.configId !== null) channel.broadcast(instanceCreated(instance, gpu));
  return instance;
}

function checkNode(
  { network, world }: Validator,
  chute: ChuteRow,
  id: string,
  { hotkey, host }: NewInstance,
): void {
  const node = network.nodes.get(id);
  if (node === undefined || node.hotkey !== hotkey) return refuse(404, `Node ${id} not found`);
  if (node.verifiedAtMs > world.clock.nowMs())
    refuse(400, `GPU ${id} is not yet verified, and cannot be associated with an instance`);
  const other = network.instanceOf(id);
  if (other !== undefined) refuse(409, `GPU ${id} is already assigned to instance: ${other.id}`);
  if (!chute.supportedGpus.includes(node.gpuIdentifier))
    refuse(400, `Node ${id} is not compatible with chute node selector!`);
  if (node.host.toLowerCase() !== host.toLowerCase())
    refuse(
      400,
      `Instance hostname does not match the node verification hostname: host='${host}' vs node_hosts={'${node.host}'}`,
    );
}

/** An instance of this miner. @throws Refusal 404 */
function instanceOf({ validator, hotkey, params }: Call): InstanceRow {
  const { chute: chuteId = "", instance: id = "" } = params;
  const instance = validator.network.instances.get(id);
  if (instance !== undefined && instance.chuteId === chuteId && instance.hotkey === hotkey) return instance;
  return refuse(
    404,
    `Instance with chute_id='${chuteId}' ${id} associated with hotkey='${hotkey}' not found`,
  );
}

/** PATCH /instances/{chute_id}/{instance_id} `{"active": true}` */
export function activateInstance(call: Call): MockResponse {
  const { validator, request, exchange } = call;
  const { active } = bodyAs(request, z.object({ active: z.boolean().nullish() }));
  const instance = instanceOf(call);
  if (active === true) {
    activate(validator, instance);
    if (exchange.fault("validator.pendingForever") === null) verify(validator, instance);
  }
  return jsonResponse(200, instanceView(validator.network, instance));
}

export function activate({ world, channel }: Validator, instance: InstanceRow): void {
  if (instance.active) return;
  instance.active = true;
  instance.activatedMs = world.clock.nowMs();
  if (instance.configId !== null) channel.broadcast(instanceActivated(instance));
}

export function verify({ world, channel }: Validator, instance: InstanceRow): void {
  if (instance.verified) return;
  instance.verified = true;
  instance.verifiedMs = world.clock.nowMs();
  channel.broadcast(instanceVerified(instance));
}

/** DELETE /instances/{chute_id}/{instance_id} */
export function deleteInstance(call: Call): MockResponse {
  const instance = instanceOf(call);
  purge(call.validator, instance);
  return jsonResponse(200, { instance_id: instance.id, deleted: true });
}

/** Forgets an instance, ends its job, and tells its miner. */
export function purge({ network, channel }: Validator, instance: InstanceRow): void {
  network.instances.delete(instance.id);
  const job = instance.jobId === null ? undefined : network.jobs.get(instance.jobId);
  if (job !== undefined) job.finished = true;
  channel.broadcast(instanceDeleted(instance));
}
