import type { MockWorld } from "../../core/mock.ts";
import { HEX, randomText } from "../../core/random.ts";
import { GPUS } from "../gpus.ts";
import type { ValidatorSettings } from "../settings.ts";

/** What a worker says of one GPU: `device_info`. */
export interface Device {
  /** Without `GPU-` and dashes (sek8s sanitize_gpu_id). */
  readonly uuid: string;
  readonly name: string;
  /** Bytes. */
  readonly memory: number;
  readonly major: number;
  readonly minor: number;
  readonly processors: number;
  readonly sxm: boolean;
  /** kHz, whatever the worker's own comment says. */
  readonly clock_rate: number;
  readonly max_threads_per_processor: number;
  readonly concurrent_kernels: boolean;
  readonly ecc: boolean;
  readonly model_short_ref: string;
}

/** The worker's GPUs: the same in every life of a seed. */
export function createDevices(world: MockWorld, { gpu, gpus }: ValidatorSettings): readonly Device[] {
  const random = world.random("devices");
  return Array.from({ length: gpus }, () => deviceOf(gpu, randomText(random, 32, HEX)));
}

export function deviceOf(ref: string, uuid: string): Device {
  const model = GPUS[ref];
  if (model === undefined) throw new Error(`no card ${ref}`);
  return {
    uuid,
    name: model.name,
    memory: model.memoryBytes,
    major: model.major,
    minor: model.minor,
    processors: model.processors,
    sxm: model.sxm,
    clock_rate: model.boost * 1_000,
    max_threads_per_processor: model.threads,
    concurrent_kernels: true,
    ecc: true,
    model_short_ref: ref,
  };
}
