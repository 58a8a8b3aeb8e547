/** What the network expects of a card; a server whose GPUs differ is refused. */
export interface GpuModel {
  /** As NVML names it. */
  readonly name: string;
  /** GB, as the network's table has it, and bytes, as NVML reports. */
  readonly memory: number;
  readonly memoryBytes: number;
  readonly major: number;
  readonly minor: number;
  readonly processors: number;
  readonly threads: number;
  /** MHz. */
  readonly base: number;
  readonly boost: number;
  readonly sxm: boolean;
  /** US dollars. */
  readonly hourly: number;
  /** The proof of the legacy profile: rounds, and how many seconds it should take. */
  readonly graval: { readonly iterations: number; readonly estimate: number };
}

const MiB = 1_048_576;

/** Six cards of the network's table (chutes-api d390a53, api/gpu.py); memory in bytes as the cards report it. */
export const GPUS: Readonly<Record<string, GpuModel>> = {
  h200: card("NVIDIA H200", 140, 143_771, [9, 0], [132, 2_048], [1_590, 1_980], true, 2.75, [3, 70]),
  h100_sxm: card(
    "NVIDIA H100 80GB HBM3",
    80,
    81_559,
    [9, 0],
    [132, 2_048],
    [1_590, 1_980],
    true,
    2.35,
    [5, 70],
  ),
  h100: card("NVIDIA H100 PCIe", 80, 81_559, [9, 0], [114, 2_048], [1_095, 1_755], false, 1.79, [2, 62]),
  b200: card("NVIDIA B200", 192, 183_359, [10, 0], [148, 1_024], [1_590, 1_965], true, 4.5, [2, 75]),
  a100_sxm: card(
    "NVIDIA A100-SXM4-80GB",
    80,
    81_920,
    [8, 0],
    [108, 2_048],
    [1_275, 1_410],
    true,
    1.25,
    [3, 70],
  ),
  l40s: card("NVIDIA L40S", 48, 46_068, [8, 9], [142, 1_536], [1_065, 2_520], false, 0.85, [1, 60]),
};

function card(
  name: string,
  memory: number,
  memoryMiB: number,
  [major, minor]: readonly [number, number],
  [processors, threads]: readonly [number, number],
  [base, boost]: readonly [number, number],
  sxm: boolean,
  hourly: number,
  [iterations, estimate]: readonly [number, number],
): GpuModel {
  return {
    name,
    memory,
    memoryBytes: memoryMiB * MiB,
    major,
    minor,
    processors,
    threads,
    base,
    boost,
    sxm,
    hourly,
    graval: { iterations, estimate },
  };
}

/** GET /nodes/supported. */
export function supportedGpus(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(GPUS).map(([ref, gpu]) => [
      ref,
      {
        model_name_check: gpu.name.replace("NVIDIA ", ""),
        memory: gpu.memory,
        major: gpu.major,
        minor: gpu.minor,
        concurrent_kernels: true,
        ecc: true,
        sxm: gpu.sxm,
        processors: gpu.processors,
        clock_rate: { base: gpu.base, boost: gpu.boost },
        max_threads_per_processor: gpu.threads,
        hourly_rate: gpu.hourly,
        graval: gpu.graval,
      },
    ]),
  );
}
