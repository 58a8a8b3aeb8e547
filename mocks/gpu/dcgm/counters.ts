import type { GpuReading } from "../machine/reading.ts";
import { memoryCelsius } from "../nvidia-smi/fields-load.ts";
import { hasRowRemapper } from "../nvidia-smi/remapped-rows.ts";
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

/**
 * `old` and `renamed` without DCGM_FI_. Names, types and help of 4.8: etc/default-counters.csv of dcgm-exporter
 * 4.5.3-4.8.2. Names of 4.9: NVIDIA/go-dcgm v1.4611.0, pkg/dcgm/const_fields.go; it does not have FB_*_BYTES,
 * MEMORY_, ENC_ and DEC_UTIL_RATIO and NVLINK_THROUGHPUT_BYTES_PER_SECOND yet, which are from a guide that read NVIDIA's
 * reference. The units in the help of 4.9 are ours.
 */
function counter(
  [old, renamed]: readonly [string, string],
  [help, unit, newUnit]: readonly [string, string?, string?],
  value: Counter["value"],
  more: { type?: Counter["type"]; factor?: number; remembered?: boolean } = {},
): Counter {
  const { type = "gauge", factor = 1, remembered = false } = more;
  const newHelp =
    unit === undefined || newUnit === undefined ? help : help.replace(`in ${unit}`, `in ${newUnit}`);
  return {
    name: { "4.8": `DCGM_FI_${old}`, "4.9": `DCGM_FI_${renamed}` },
    help: { "4.8": help, "4.9": newHelp },
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
    ["SM clock frequency (in MHz).", "MHz", "Hz"],
    ({ moment }) => moment.clockMhz,
    { factor: MHZ },
  ),
  counter(
    ["DEV_MEM_CLOCK", "DEV_MEMORY_CLOCK_HERTZ"],
    ["Memory clock frequency (in MHz).", "MHz", "Hz"],
    ({ memoryClockMhz }) => memoryClockMhz,
    { factor: MHZ },
  ),
  counter(
    ["DEV_MEMORY_TEMP", "DEV_MEMORY_TEMP_CELSIUS"],
    ["Memory temperature (in C)."],
    (gpu) => memoryCelsius(gpu) ?? 0,
  ),
  counter(["DEV_GPU_TEMP", "DEV_GPU_TEMP_CELSIUS"], ["GPU temperature (in C)."], ({ moment }) =>
    Math.round(moment.celsius),
  ),
  counter(["DEV_POWER_USAGE", "DEV_BOARD_POWER_WATTS"], ["Power draw (in W)."], ({ moment }) =>
    round(moment.watts, 1_000),
  ),
  counter(
    ["DEV_TOTAL_ENERGY_CONSUMPTION", "DEV_GPU_ENERGY_JOULES_TOTAL"],
    ["Total energy consumption since boot (in mJ).", "mJ", "J"],
    ({ moment }) => Math.round(moment.joules * 1_000),
    { ...total, factor: 1e-3 },
  ),
  counter(
    ["DEV_PCIE_REPLAY_COUNTER", "DEV_PCIE_REPLAY_TOTAL"],
    ["Total number of PCIe retries."],
    ({ pcieReplays }) => pcieReplays,
    total,
  ),
  counter(["DEV_GPU_UTIL", "DEV_GPU_UTIL_RATIO"], ["GPU utilization (in %).", "%", "0..1"], util, {
    factor: 0.01,
  }),
  counter(
    ["DEV_MEM_COPY_UTIL", "DEV_MEMORY_UTIL_RATIO"],
    ["Memory utilization (in %).", "%", "0..1"],
    memoryUtil,
    {
      factor: 0.01,
    },
  ),
  counter(["DEV_ENC_UTIL", "DEV_ENC_UTIL_RATIO"], ["Encoder utilization (in %).", "%", "0..1"], () => 0, {
    factor: 0.01,
  }),
  counter(["DEV_DEC_UTIL", "DEV_DEC_UTIL_RATIO"], ["Decoder utilization (in %).", "%", "0..1"], () => 0, {
    factor: 0.01,
  }),
  counter(
    ["DEV_XID_ERRORS", "DEV_XID_ERROR"],
    ["Value of the last XID error encountered."],
    ({ lastXid }) => lastXid,
    {
      remembered: true,
    },
  ),
  counter(
    ["DEV_FB_FREE", "DEV_FB_FREE_BYTES"],
    ["Framebuffer memory free (in MiB).", "MiB", "bytes"],
    ({ memory }) => memory.free,
    { factor: MIB },
  ),
  counter(
    ["DEV_FB_USED", "DEV_FB_USED_BYTES"],
    ["Framebuffer memory used (in MiB).", "MiB", "bytes"],
    ({ memory }) => memory.used,
    { factor: MIB },
  ),
  counter(
    ["DEV_FB_RESERVED", "DEV_FB_RESERVED_BYTES"],
    ["Framebuffer memory reserved (in MiB).", "MiB", "bytes"],
    ({ memory }) => memory.reserved,
    { factor: MIB },
  ),
  counter(
    ["DEV_UNCORRECTABLE_REMAPPED_ROWS", "DEV_ROW_REMAP_UNCORRECTABLE_TOTAL"],
    ["Number of remapped rows for uncorrectable errors"],
    ({ card, remaps }) => (hasRowRemapper({ card }) ? remaps.uncorrectable : null),
    total,
  ),
  counter(
    ["DEV_CORRECTABLE_REMAPPED_ROWS", "DEV_ROW_REMAP_CORRECTABLE_TOTAL"],
    ["Number of remapped rows for correctable errors"],
    ({ card, remaps }) => (hasRowRemapper({ card }) ? remaps.correctable : null),
    total,
  ),
  counter(
    ["DEV_ROW_REMAP_FAILURE", "DEV_ROW_REMAP_FAILED"],
    ["Whether remapping of rows has failed"],
    ({ card, remaps }) => (hasRowRemapper({ card }) ? Number(remaps.failed) : null),
  ),
  counter(
    ["DEV_NVLINK_BANDWIDTH_TOTAL", "DEV_NVLINK_THROUGHPUT_BYTES_PER_SECOND"],
    ["Total number of NVLink bandwidth counters for all lanes."],
    (gpu) =>
      gpu.card.nvlinks === 0
        ? null
        : Math.round((gpu.card.nvlinks - gpu.linksDown) * LINK_MB_PER_S * gpu.moment.load.memoryUtilisation),
    { ...total, factor: MHZ },
  ),
  counter(["DEV_VGPU_LICENSE_STATUS", "DEV_VGPU_LICENSE_STATUS"], ["vGPU License status"], () => 0),
  counter(
    ["PROF_GR_ENGINE_ACTIVE", "PROF_GR_ENGINE_UTIL_RATIO"],
    ["Ratio of time the graphics engine is active."],
    ({ moment }) => round(moment.load.utilisation, 1e6),
  ),
  counter(
    ["PROF_PIPE_TENSOR_ACTIVE", "PROF_TENSOR_UTIL_RATIO"],
    ["Ratio of cycles the tensor (HMMA) pipe is active."],
    ({ moment }) => round(moment.load.utilisation * 0.4, 1e6),
  ),
  counter(
    ["PROF_DRAM_ACTIVE", "PROF_DRAM_UTIL_RATIO"],
    ["Ratio of cycles the device memory interface is active sending or receiving data."],
    ({ moment }) => round(moment.load.memoryUtilisation, 1e6),
  ),
  counter(
    ["PROF_PCIE_TX_BYTES", "PROF_PCIE_TX_BYTES"],
    [
      "The rate of data transmitted over the PCIe bus - including both protocol headers and data payloads - in bytes per second.",
    ],
    pcieBytes,
  ),
  counter(
    ["PROF_PCIE_RX_BYTES", "PROF_PCIE_RX_BYTES"],
    [
      "The rate of data received over the PCIe bus - including both protocol headers and data payloads - in bytes per second.",
    ],
    pcieBytes,
  ),
];

/** What 4.9 adds. */
export const ADDED_IN_4_9: Counter = counter(
  ["DEV_FB_CAPACITY_BYTES", "DEV_FB_CAPACITY_BYTES"],
  ["Framebuffer memory in all (in MiB).", "MiB", "bytes"],
  ({ memory }) => memory.total,
  { factor: MIB },
);

const ecc =
  (pick: (gpu: GpuReading) => number): Counter["value"] =>
  (gpu) =>
    gpu.card.ecc === "on" ? pick(gpu) : null;
const same = (name: string): readonly [string, string] => [name, name];

/** Commented out in the default file; the preset `health` brings them. */
export const HEALTH_COUNTERS: readonly Counter[] = [
  counter(
    same("DEV_ECC_SBE_VOL_TOTAL"),
    ["Total number of single-bit volatile ECC errors."],
    ecc((gpu) => gpu.ecc.volatile.corrected),
    total,
  ),
  counter(
    same("DEV_ECC_DBE_VOL_TOTAL"),
    ["Total number of double-bit volatile ECC errors."],
    ecc((gpu) => gpu.ecc.volatile.uncorrected),
    total,
  ),
  counter(
    same("DEV_ECC_SBE_AGG_TOTAL"),
    ["Total number of single-bit persistent ECC errors."],
    ecc((gpu) => gpu.ecc.aggregate.corrected),
    total,
  ),
  counter(
    same("DEV_ECC_DBE_AGG_TOTAL"),
    ["Total number of double-bit persistent ECC errors."],
    ecc((gpu) => gpu.ecc.aggregate.uncorrected),
    total,
  ),
  counter(
    ["DEV_RETIRED_SBE", "DEV_PAGE_RETIRED_SBE_TOTAL"],
    ["Total number of retired pages due to single-bit errors."],
    ecc(() => 0),
    total,
  ),
  counter(
    ["DEV_RETIRED_DBE", "DEV_PAGE_RETIRED_DBE_TOTAL"],
    ["Total number of retired pages due to double-bit errors."],
    ecc(() => 0),
    total,
  ),
  counter(
    ["DEV_RETIRED_PENDING", "DEV_PAGE_RETIRED_PENDING"],
    ["Total number of pages pending retirement."],
    ecc(() => 0),
    total,
  ),
  counter(
    same("DEV_THERMAL_VIOLATION"),
    ["Throttling duration due to thermal constraints (in ns)."],
    ({ moment }) => moment.violations.thermalMs * 1e6,
    total,
  ),
  counter(
    same("DEV_POWER_VIOLATION"),
    ["Throttling duration due to power constraints (in ns)."],
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
