import type { GpuReading } from "../machine/reading.ts";
import { absent, field } from "./field.ts";
import type { Field } from "./field.ts";
import { hasRowRemapper, remappedRows } from "./remapped-rows.ts";

/** Bits of `clocks_event_reasons.active` (nvml.h, nvmlClocksEventReasons). */
const REASONS: readonly (readonly [name: string, bit: number, is: (gpu: GpuReading) => boolean])[] = [
  ["gpu_idle", 0x1, ({ moment }) => moment.reasons.idle],
  ["applications_clocks_setting", 0x2, () => false],
  ["sw_power_cap", 0x4, ({ moment }) => moment.reasons.softwarePower],
  ["hw_slowdown", 0x8, ({ moment }) => moment.reasons.hardwareThermal],
  ["hw_thermal_slowdown", 0x40, ({ moment }) => moment.reasons.hardwareThermal],
  ["hw_power_brake_slowdown", 0x80, () => false],
  ["sw_thermal_slowdown", 0x20, ({ moment }) => moment.reasons.softwareThermal],
  ["sync_boost", 0x10, () => false],
];

/** The reasons as nvml's bit mask. */
export function reasonMask(gpu: GpuReading): number {
  return REASONS.reduce((mask, [, bit, is]) => (is(gpu) ? mask | bit : mask), 0);
}

/** How long each was one, in ms of the GPU's life. */
const COUNTERS: Readonly<Record<string, (gpu: GpuReading) => number>> = {
  sw_power_cap: ({ moment }) => moment.violations.powerMs,
  sync_boost: () => 0,
  sw_thermal_slowdown: ({ moment }) => moment.violations.thermalMs,
  hw_thermal_slowdown: () => 0,
  hw_power_brake_slowdown: () => 0,
};

export const EVENT_FIELDS: readonly Field[] = [
  field("clocks_event_reasons.supported", "mask of all reasons", () => hexMask(0x1ff), {
    aliases: ["clocks_throttle_reasons.supported"],
  }),
  field(
    "clocks_event_reasons.active",
    "mask of the reasons for lower clocks",
    (gpu) => hexMask(reasonMask(gpu)),
    { aliases: ["clocks_throttle_reasons.active"] },
  ),
  ...REASONS.map(([name, , is]) =>
    field(
      `clocks_event_reasons.${name}`,
      "whether this is a reason for lower clocks",
      (gpu) => (is(gpu) ? "Active" : "Not Active"),
      {
        aliases: [`clocks_throttle_reasons.${name}`],
      },
    ),
  ),
  ...Object.entries(COUNTERS).map(([name, ms]) =>
    field(
      `clocks_event_reasons_counters.${name}`,
      "how long this was a reason",
      (gpu) => Math.round(ms(gpu) * 1_000),
      {
        unit: "us",
      },
    ),
  ),
];

/** What the driver of 590 counts in; the captures of H100, H200 and L40S have numbers here and none in the older places. */
const PLACES = ["device_memory", "dram", "sram", "total"];
const OLD_PLACES = ["register_file", "l1_cache", "l2_cache", "texture_memory", "cbu"];
/** Where our errors are: in the memory, and so in the total. */
const OURS = new Set(["device_memory", "dram", "total"]);
const onEcc = (value: (gpu: GpuReading) => string | number) => (gpu: GpuReading) =>
  gpu.card.ecc === "on" ? value(gpu) : null;

const SRAM = [
  "volatile.sram.parity",
  "volatile.sram.secded",
  "aggregate.sram.parity",
  "aggregate.sram.secded",
  "aggregate.sram.thresholdExceeded",
  "aggregate.sram.l2",
  "aggregate.sram.sm",
  "aggregate.sram.mcu",
  "aggregate.sram.pcie",
  "aggregate.sram.other",
];

export const ERROR_FIELDS: readonly Field[] = [
  absent("dramEncryption.mode.current", "whether memory is encrypted"),
  absent("dramEncryption.mode.pending", "whether it will be after a reboot"),
  field("ecc.mode.current", "whether ECC is on", eccMode),
  field("ecc.mode.pending", "whether it will be after a reboot", eccMode),
  ...(["corrected", "uncorrected"] as const).flatMap((kind) =>
    (["volatile", "aggregate"] as const).flatMap((since) => {
      const help = `${kind} errors, ${since === "volatile" ? "since the last reset" : "ever"}`;
      const places = [...PLACES.slice(0, 2), ...OLD_PLACES, ...PLACES.slice(2)];
      return places.map((place) => {
        const name = `ecc.errors.${kind}.${since}.${place}`;
        if (OLD_PLACES.includes(place)) return absent(name, help);
        return field(
          name,
          help,
          onEcc((gpu) => (OURS.has(place) ? gpu.ecc[since][kind] : 0)),
        );
      });
    }),
  ),
  ...SRAM.map((place) =>
    field(
      `ecc.errors.uncorrected.${place}`,
      "errors of the memory on the chip",
      onEcc(() => (place.endsWith("Exceeded") ? "No" : 0)),
    ),
  ),
  ...["single_bit_ecc", "double_bit"].map((kind) =>
    absent(`retired_pages.${kind}.count`, "pages retired, before Ampere", [
      `retired_pages.${kind === "double_bit" ? "dbe" : "sbe"}`,
    ]),
  ),
  absent("retired_pages.pending", "whether pages are to be retired"),
  ...remappedRows((gpu, is) => (gpu.mig || !hasRowRemapper(gpu) ? null : is ? "Yes" : "No"), true),
];

function hexMask(bits: number): string {
  return `0x${bits.toString(16).toUpperCase().padStart(16, "0")}`;
}

function eccMode({ card }: GpuReading): string | null {
  return card.ecc === "absent" ? null : card.ecc === "on" ? "Enabled" : "Disabled";
}
