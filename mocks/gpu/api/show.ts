import type { GpuReading } from "../machine/reading.ts";

/** A GPU in plain words and numbers: GET /gpus and the control port's state. */
export function shownGpu(gpu: GpuReading) {
  const { identity, card, moment, memory, state, lost, blocked, hung, slowdown, lastXid, ecc, remaps } = gpu;
  return {
    index: identity.index,
    uuid: identity.uuid,
    busId: identity.busId,
    name: card.name,
    memoryMib: memory,
    utilisation: moment.load.utilisation,
    celsius: Math.round(moment.celsius * 10) / 10,
    watts: Math.round(moment.watts * 10) / 10,
    clockMhz: moment.clockMhz,
    state,
    throttled: moment.reasons,
    slowdown,
    lost,
    blocked,
    hung,
    lastXid,
    ecc,
    remaps,
    pcie: gpu.pcie,
    nvlinksDown: gpu.linksDown,
    mig: gpu.mig,
    processes: gpu.jobs.map(({ pid }) => pid),
  };
}

/** Work that is spread over all GPUs waits for the slowest; null: one of them does none at all. */
export function slowdownOf(gpus: readonly GpuReading[]): { readonly slowdown: number | null } {
  const each = gpus.map(({ slowdown }) => slowdown);
  if (each.length === 0 || each.includes(null)) return { slowdown: null };
  return { slowdown: Math.max(...each.map(Number)) };
}
