import type { GpuReading } from "../machine/reading.ts";
import { memoryCelsius } from "../nvidia-smi/fields.ts";
import type { Dialect } from "../settings.ts";

const MIB = 1_048_576;
const MHZ = 1e6;
/** Of one NVLink in one direction at full use, MB/s. Ours. */
const LINK_MB_PER_S = 25_000;
/** Of the PCIe link at full use, bytes/s. Ours. */
const PCIE_BYTES_PER_S = 2e9;

/** One metric in both spellings. */
export interface Counter {
  readonly name: Readonly<Record<Dialect, string>>;
  readonly help: Readonly<Record<Dialect, string>>;
  readonly type: "counter" | "gauge";
  /** In the units of 4.8; null: this card has no such value. */
  readonly value: (gpu: GpuReading) => number | null;
  /** 4.9 shows so many times the number. */
  readonly factor: number;
  /** The driver still knows it of a GPU that is lost. */
  readonly remembered?: boolean;
}

/** `old` and `new` without DCGM_FI_. The names of 4.9 are from a guide that read NVIDIA's reference, not from NVIDIA. */
function counter(
  [old, renamed]: readonly [string, string],
  [what, unit, newUnit = unit]: readonly [string, string, string?],
  value: Counter["value"],
  more: { type?: Counter["type"]; factor?: number; remembered?: boolean } = {},
): Counter {
  const { type = "gauge", factor = 1, remembered = false } = more;
  const help = (in_: string) => (in_ === "" ? `${what}.` : `${what} (in ${in_}).`);
  return {
    name: { "4.8": `DCGM_FI_${old}`, "4.9": `DCGM_FI_${renamed}` },
    help: { "4.8": help(unit), "4.9": help(newUnit) },
    type,
    value,
    factor,
    remembered,
  };
}

const util = ({ moment }: GpuReading) => Math.round(moment.load.utilisation * 100);
const memoryUtil = ({ moment }: GpuReading) => Math.round(moment.load.memoryUtilisation * 100);
const total = { type: "counter" } as const;

/** The rows of dcgm-exporter's default-counters.csv; its 26th, the version of the driver, is a label. */
export const DEFAULT_COUNTERS: readonly Counter[] = [
  counter(
    ["DEV_SM_CLOCK", "DEV_SM_CLOCK_HERTZ"],
    ["SM clock frequency", "MHz", "Hz"],
    ({ moment }) => moment.clockMhz,
    { factor: MHZ },
  ),
  counter(
    ["DEV_MEM_CLOCK", "DEV_MEMORY_CLOCK_HERTZ"],
    ["Memory clock frequency", "MHz", "Hz"],
    ({ memoryClockMhz }) => memoryClockMhz,
    { factor: MHZ },
  ),
  counter(
    ["DEV_MEMORY_TEMP", "DEV_MEMORY_TEMP_CELSIUS"],
    ["Memory temperature", "C"],
    (gpu) => memoryCelsius(gpu) ?? 0,
  ),
  counter(["DEV_GPU_TEMP", "DEV_GPU_TEMP_CELSIUS"], ["GPU temperature", "C"], ({ moment }) =>
    Math.round(moment.celsius),
  ),
  counter(["DEV_POWER_USAGE", "DEV_BOARD_POWER_WATTS"], ["Power draw", "W"], ({ moment }) =>
    round(moment.watts, 1_000),
  ),
  counter(
    ["DEV_TOTAL_ENERGY_CONSUMPTION", "DEV_GPU_ENERGY_JOULES_TOTAL"],
    ["Energy since the driver was loaded", "mJ", "J"],
    ({ moment }) => Math.round(moment.joules * 1_000),
    { ...total, factor: 1e-3 },
  ),
  counter(
    ["DEV_PCIE_REPLAY_COUNTER", "DEV_PCIE_REPLAY_TOTAL"],
    ["PCIe retries", ""],
    ({ pcieReplays }) => pcieReplays,
    total,
  ),
  counter(["DEV_GPU_UTIL", "DEV_GPU_UTIL_RATIO"], ["GPU utilization", "%", "0..1"], util, { factor: 0.01 }),
  counter(["DEV_MEM_COPY_UTIL", "DEV_MEMORY_UTIL_RATIO"], ["Memory utilization", "%", "0..1"], memoryUtil, {
    factor: 0.01,
  }),
  counter(["DEV_ENC_UTIL", "DEV_ENC_UTIL_RATIO"], ["Encoder utilization", "%", "0..1"], () => 0, {
    factor: 0.01,
  }),
  counter(["DEV_DEC_UTIL", "DEV_DEC_UTIL_RATIO"], ["Decoder utilization", "%", "0..1"], () => 0, {
    factor: 0.01,
  }),
  counter(["DEV_XID_ERRORS", "DEV_XID_ERROR"], ["Code of the last XID error", ""], ({ lastXid }) => lastXid, {
    remembered: true,
  }),
  counter(
    ["DEV_FB_FREE", "DEV_FB_FREE_BYTES"],
    ["Framebuffer memory free", "MiB", "bytes"],
    ({ memory }) => memory.free,
    { factor: MIB },
  ),
  counter(
    ["DEV_FB_USED", "DEV_FB_USED_BYTES"],
    ["Framebuffer memory used", "MiB", "bytes"],
    ({ memory }) => memory.used,
    { factor: MIB },
  ),
  counter(
    ["DEV_FB_RESERVED", "DEV_FB_RESERVED_BYTES"],
    ["Framebuffer memory reserved", "MiB", "bytes"],
    ({ memory }) => memory.reserved,
    { factor: MIB },
  ),
  counter(
    ["DEV_UNCORRECTABLE_REMAPPED_ROWS", "DEV_ROW_REMAP_UNCORRECTABLE_TOTAL"],
    ["Rows remapped for uncorrectable errors", ""],
    ({ card, remaps }) => (card.hbm ? remaps.uncorrectable : null),
    total,
  ),
  counter(
    ["DEV_CORRECTABLE_REMAPPED_ROWS", "DEV_ROW_REMAP_CORRECTABLE_TOTAL"],
    ["Rows remapped for correctable errors", ""],
    ({ card, remaps }) => (card.hbm ? remaps.correctable : null),
    total,
  ),
  counter(
    ["DEV_ROW_REMAP_FAILURE", "DEV_ROW_REMAP_FAILED"],
    ["Whether remapping of rows has failed", ""],
    ({ card, remaps }) => (card.hbm ? Number(remaps.failed) : null),
  ),
  counter(
    ["DEV_NVLINK_BANDWIDTH_TOTAL", "DEV_NVLINK_THROUGHPUT_BYTES_PER_SECOND"],
    ["NVLink throughput of all lanes", "MB/s", "bytes/s"],
    (gpu) =>
      gpu.card.nvlinks === 0
        ? null
        : Math.round((gpu.card.nvlinks - gpu.linksDown) * LINK_MB_PER_S * gpu.moment.load.memoryUtilisation),
    { factor: MHZ },
  ),
  counter(["DEV_VGPU_LICENSE_STATUS", "DEV_VGPU_LICENSE_STATUS"], ["vGPU licence status", ""], () => 0),
  counter(
    ["PROF_GR_ENGINE_ACTIVE", "PROF_GR_ENGINE_UTIL_RATIO"],
    ["Share of time in which the engine was active", "0..1"],
    ({ moment }) => round(moment.load.utilisation, 1e6),
  ),
  counter(
    ["PROF_PIPE_TENSOR_ACTIVE", "PROF_TENSOR_UTIL_RATIO"],
    ["Share of cycles in which the tensor pipe was active", "0..1"],
    ({ moment }) => round(moment.load.utilisation * 0.4, 1e6),
  ),
  counter(
    ["PROF_DRAM_ACTIVE", "PROF_DRAM_UTIL_RATIO"],
    ["Share of cycles in which the memory moved data", "0..1"],
    ({ moment }) => round(moment.load.memoryUtilisation, 1e6),
  ),
  counter(["PROF_PCIE_TX_BYTES", "PROF_PCIE_TX_BYTES"], ["PCIe bytes sent per second", "bytes/s"], pcieBytes),
  counter(
    ["PROF_PCIE_RX_BYTES", "PROF_PCIE_RX_BYTES"],
    ["PCIe bytes received per second", "bytes/s"],
    pcieBytes,
  ),
];

/** What 4.9 adds. */
export const ADDED_IN_4_9: Counter = counter(
  ["DEV_FB_CAPACITY_BYTES", "DEV_FB_CAPACITY_BYTES"],
  ["Framebuffer memory in all", "MiB", "bytes"],
  ({ memory }) => memory.total,
  { factor: MIB },
);

const ecc =
  (pick: (gpu: GpuReading) => number): Counter["value"] =>
  (gpu) =>
    gpu.card.ecc === "on" ? pick(gpu) : null;
const same = (name: string): readonly [string, string] => [name, name];

/** Commented out in the default file; the preset `health` brings them. Whether 4.9 renames them is not known: it does not here. */
export const HEALTH_COUNTERS: readonly Counter[] = [
  counter(
    same("DEV_ECC_SBE_VOL_TOTAL"),
    ["Single-bit errors since the last reset", ""],
    ecc((gpu) => gpu.ecc.volatile.corrected),
    total,
  ),
  counter(
    same("DEV_ECC_DBE_VOL_TOTAL"),
    ["Double-bit errors since the last reset", ""],
    ecc((gpu) => gpu.ecc.volatile.uncorrected),
    total,
  ),
  counter(
    same("DEV_ECC_SBE_AGG_TOTAL"),
    ["Single-bit errors ever", ""],
    ecc((gpu) => gpu.ecc.aggregate.corrected),
    total,
  ),
  counter(
    same("DEV_ECC_DBE_AGG_TOTAL"),
    ["Double-bit errors ever", ""],
    ecc((gpu) => gpu.ecc.aggregate.uncorrected),
    total,
  ),
  counter(
    same("DEV_RETIRED_SBE"),
    ["Pages retired for single-bit errors", ""],
    ecc(() => 0),
    total,
  ),
  counter(
    same("DEV_RETIRED_DBE"),
    ["Pages retired for double-bit errors", ""],
    ecc(() => 0),
    total,
  ),
  counter(
    same("DEV_RETIRED_PENDING"),
    ["Pages that wait to be retired", ""],
    ecc(() => 0),
    total,
  ),
  counter(
    same("DEV_THERMAL_VIOLATION"),
    ["Time throttled by heat", "ns"],
    ({ moment }) => moment.violations.thermalMs * 1e6,
    total,
  ),
  counter(
    same("DEV_POWER_VIOLATION"),
    ["Time throttled by power", "ns"],
    ({ moment }) => moment.violations.powerMs * 1e6,
    total,
  ),
];

function pcieBytes({ pcie, card, moment }: GpuReading): number {
  return Math.round(
    PCIE_BYTES_PER_S *
      moment.load.utilisation *
      Math.min(1, (pcie.gen * pcie.width) / (card.pcie.gen * card.pcie.width)),
  );
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
