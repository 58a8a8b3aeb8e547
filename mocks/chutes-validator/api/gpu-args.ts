import { z } from "zod";
import { refuse } from "../failure.ts";
import { GPUS } from "../gpus.ts";
import type { Network } from "../state/network.ts";
import type { NodeRow } from "../state/rows.ts";
import type { Validator } from "../validator.ts";

/** One GPU as a miner advertises it (chutes-api NodeArgs). */
export const gpuArgs = z.object({
  uuid: z.string().min(1).max(100),
  name: z.string().max(200),
  memory: z.int().nonnegative(),
  major: z.int().nullish(),
  minor: z.int().nullish(),
  processors: z.int().nullish(),
  sxm: z.boolean().nullish(),
  clock_rate: z.number(),
  max_threads_per_processor: z.int().nullish(),
  concurrent_kernels: z.boolean().nullish(),
  ecc: z.boolean().nullish(),
  device_index: z.int().min(0).max(9),
  gpu_identifier: z.string(),
  verification_host: z.string().max(253),
  verification_port: z.int(),
});
export type GpuArgs = z.output<typeof gpuArgs>;

const GB = 1_000_000_000;

/**
 * Compares a GPU with the network's table (chutes-api, Node's validators): name, memory, clock, SMs, port.
 *
 * @throws Refusal 400
 */
export function checkGpu(gpu: GpuArgs): void {
  const wrong = (reason: string) => refuse(400, `GPU parameter validation error: ${reason}`);
  const model = GPUS[gpu.gpu_identifier];
  if (model === undefined) return wrong(`GPU identifier ${gpu.gpu_identifier} is not supported`);
  if (gpu.name !== model.name)
    return wrong(
      `GPU model in name '${gpu.name}' does not match specified identifier: ${gpu.gpu_identifier}`,
    );
  const memory = Math.floor(gpu.memory / GB);
  if (memory < model.memory - 1 || memory > model.memory * 1.024 ** 3 + 1)
    return wrong(`Memory ${memory}GB does not match expected ${model.memory}GB for ${gpu.gpu_identifier}`);
  if (gpu.processors !== undefined && gpu.processors !== null && gpu.processors !== model.processors)
    return wrong(`Processor count ${gpu.processors} does not match expected ${model.processors}`);
  const mhz = gpu.clock_rate / 1_000;
  if (mhz < model.base || mhz > model.boost * 1.1)
    return wrong(
      `Clock rate ${Math.round(mhz)}MHz not within expected range ${model.base}-${model.boost}MHz`,
    );
  if (gpu.verification_port < 80 || gpu.verification_port > 65_535)
    return wrong(`Invalid verification_port: ${gpu.verification_port}`);
}

/** GPUs belong to one miner at a time. @throws Refusal 409 */
export function checkUnknown(network: Network, gpus: readonly GpuArgs[]): void {
  const known = gpus.map(({ uuid }) => uuid).filter((uuid) => network.nodes.has(uuid));
  if (known.length > 0) refuse(409, inventoryConflict(known));
}

export function inventoryConflict(uuids: readonly string[]): string {
  const list = uuids.map((uuid) => `'${uuid}'`).join(", ");
  return `Nodes already exist in inventory, please contact chutes team to resolve: [${list}]`;
}

/** Shut out for misbehaviour. @throws Refusal 403 */
export function checkBlacklist({ network }: Validator, hotkey: string): void {
  const reason = network.blacklist.get(hotkey);
  if (reason !== undefined) refuse(403, `Your hotkey has been blacklisted: ${reason}`);
}

export function nodeOf(
  gpu: GpuArgs,
  rest: Pick<NodeRow, "hotkey" | "serverId" | "seed" | "createdMs" | "verifiedAtMs" | "taskId">,
): NodeRow {
  return {
    uuid: gpu.uuid,
    name: gpu.name,
    memory: gpu.memory,
    clockRate: gpu.clock_rate,
    gpuIdentifier: gpu.gpu_identifier,
    deviceIndex: gpu.device_index,
    host: gpu.verification_host,
    port: gpu.verification_port,
    ...rest,
  };
}
