import type { GpuReading } from "../machine/reading.ts";
import { absent, field } from "./field.ts";
import type { Field } from "./field.ts";

/*
 * The names are those of `nvidia-smi --help-query-gpu` (drivers 550 to 590), typed from memory and public captures; the
 * explanations are ours. A header shows the first name, as the real one does for its aliases.
 */
const kept = { remembered: true } as const;
const mib = { unit: "MiB" } as const;
const percent = { unit: "%" } as const;
const watts = { unit: "W" } as const;
const mhz = { unit: "MHz" } as const;

const yes = (is: boolean) => (is ? "Active" : "Not Active");
const hasEcc = ({ card }: GpuReading) => card.ecc !== "absent";

const GENERAL: readonly Field[] = [
  field("timestamp", "when the query was made", (_, { timestamp }) => timestamp, kept),
  field("driver_version", "version of the driver", (_, { settings }) => settings.driver, kept),
  field("count", "number of GPUs", (_, { count }) => count, kept),
  field("name", "product name", ({ card }) => card.name, { ...kept, aliases: ["gpu_name"] }),
  field("serial", "serial number of the board", ({ identity, card }) => (card.fan ? null : identity.serial), {
    ...kept,
    aliases: ["gpu_serial"],
  }),
  field("uuid", "identifier of the GPU", ({ identity }) => identity.uuid, { ...kept, aliases: ["gpu_uuid"] }),
  field("index", "number of the GPU from 0", ({ identity }) => identity.index, kept),
  field("display_mode", "whether a display is connected", () => "Disabled", {
    aliases: ["display_attached"],
  }),
  field("display_active", "whether a display is in use", () => "Disabled"),
  field("persistence_mode", "whether the driver stays loaded", () => "Enabled"),
  field("addressing_mode", "how the host's memory is addressed", () => "None"),
  field("accounting.mode", "whether processes are accounted for", () => "Disabled"),
  field("accounting.buffer_size", "processes that accounting remembers", () => 4_000),
  absent("driver_model.current", "driver model, Windows only"),
  absent("driver_model.pending", "driver model after a reboot, Windows only"),
  field("vbios_version", "version of the card's BIOS", () => "96.00.74.00.01", kept),
  field("inforom.img", "version of the infoROM", () => "G520.0200.00.05", { aliases: ["inforom.image"] }),
  field("inforom.oem", "version of its OEM part", () => "2.1"),
  field("inforom.ecc", "version of its ECC part", (gpu) => (hasEcc(gpu) ? "7.16" : null)),
  absent("inforom.pwr", "version of its power part", ["inforom.power"]),
  absent("gom.current", "GPU operation mode"),
  absent("gom.pending", "GPU operation mode after a reboot"),
  field("gpu_recovery_action", "what the driver advises", recoveryAction),
  field("fan.speed", "speed of its own fan", fanPercent, percent),
  field("pstate", "performance state, P0 is the highest", ({ state }) => state),
  field("compute_mode", "who may compute", () => "Default"),
  field("compute_cap", "compute capability", ({ card }) => card.capability, kept),
  field("hostname", "name of the machine", (_, { settings }) => settings.hostname, kept),
  field("module_id", "number of the module on its board", ({ identity }) => identity.index + 1),
];

const PCI: readonly Field[] = [
  field("pci.bus_id", "PCI address", ({ identity }) => identity.busId, { ...kept, aliases: ["gpu_bus_id"] }),
  field("pci.domain", "PCI domain", () => "0x0000", kept),
  field("pci.bus", "PCI bus", ({ identity }) => `0x${identity.busId.slice(9, 11)}`, kept),
  field("pci.device", "PCI device", () => "0x00", kept),
  field("pci.baseClass", "PCI base class", () => "0x3", kept),
  field("pci.subClass", "PCI subclass", ({ card }) => (card.fan ? "0x0" : "0x2"), kept),
  field("pci.device_id", "PCI device id", ({ card }) => card.pciId.device, kept),
  field("pci.sub_device_id", "PCI subsystem id", ({ card }) => card.pciId.subsystem, kept),
  field("pcie.link.gen.gpucurrent", "PCIe generation in use", ({ pcie }) => pcie.gen, {
    aliases: ["pcie.link.gen.current"],
  }),
  field("pcie.link.gen.max", "highest PCIe generation of card and machine", ({ card }) => card.pcie.gen),
  field("pcie.link.gen.gpumax", "highest PCIe generation of the card", ({ card }) => card.pcie.gen),
  field("pcie.link.gen.hostmax", "highest PCIe generation of the machine", () => 5),
  field("pcie.link.width.current", "PCIe lanes in use", ({ pcie }) => pcie.width),
  field("pcie.link.width.max", "PCIe lanes of the card", ({ card }) => card.pcie.width),
];

const MEMORY: readonly Field[] = [
  field("memory.total", "all memory", ({ memory }) => memory.total, mib),
  field("memory.reserved", "held back by driver and firmware", ({ memory }) => memory.reserved, mib),
  field("memory.used", "in use by processes", ({ memory }) => memory.used, mib),
  field("memory.free", "still free", ({ memory }) => memory.free, mib),
  absent("protected_memory.total", "memory of confidential computing"),
  absent("protected_memory.used", "protected memory in use"),
  absent("protected_memory.free", "protected memory still free"),
];

const ACTIVITY: readonly Field[] = [
  field(
    "utilization.gpu",
    "share of the time in which something ran",
    ({ moment }) => Math.round(moment.load.utilisation * 100),
    percent,
  ),
  field(
    "utilization.memory",
    "share of the time in which memory was busy",
    ({ moment }) => Math.round(moment.load.memoryUtilisation * 100),
    percent,
  ),
  ...["encoder", "decoder", "jpeg", "ofa"].map((engine) =>
    field(`utilization.${engine}`, `how busy the ${engine} is`, () => 0, percent),
  ),
  field("encoder.stats.sessionCount", "sessions of the encoder", () => 0),
  field("encoder.stats.averageFps", "frames a second", () => 0),
  field("encoder.stats.averageLatency", "its latency, µs", () => 0),
  field("temperature.gpu", "of the GPU, °C", ({ moment }) => Math.round(moment.celsius)),
  field("temperature.gpu.tlimit", "°C left until it slows down", ({ card, moment }) =>
    card.thermal.limitSum === null ? null : card.thermal.limitSum - Math.round(moment.celsius),
  ),
  field("temperature.memory", "of the memory, °C", memoryCelsius),
];

const POWER: readonly Field[] = [
  field("power.management", "whether power is managed", () => "Enabled"),
  ...["power.draw", "power.draw.average", "power.draw.instant"].map((name) =>
    field(name, "power now", ({ moment }) => moment.watts.toFixed(2), watts),
  ),
  field("power.limit", "its limit", ({ capWatts }) => capWatts.toFixed(2), watts),
  field("enforced.power.limit", "the limit that holds", ({ capWatts }) => capWatts.toFixed(2), watts),
  field("power.default_limit", "its limit when it starts", ({ card }) => card.power.limit.toFixed(2), watts),
  field("power.min_limit", "the least limit", ({ card }) => card.power.min.toFixed(2), watts),
  field("power.max_limit", "the highest limit", ({ card }) => card.power.limit.toFixed(2), watts),
];

const CLOCKS: readonly Field[] = [
  field("clocks.current.graphics", "clock of graphics", ({ moment }) => moment.clockMhz, {
    ...mhz,
    aliases: ["clocks.gr"],
  }),
  field("clocks.current.sm", "clock of the multiprocessors", ({ moment }) => moment.clockMhz, {
    ...mhz,
    aliases: ["clocks.sm"],
  }),
  field("clocks.current.memory", "clock of the memory", ({ memoryClockMhz }) => memoryClockMhz, {
    ...mhz,
    aliases: ["clocks.mem"],
  }),
  field("clocks.current.video", "clock of video", ({ moment }) => Math.round(moment.clockMhz * 0.9), {
    ...mhz,
    aliases: ["clocks.video"],
  }),
  ...["applications", "default_applications"].flatMap((kind) => [
    field(
      `clocks.${kind}.graphics`,
      "clock that applications asked for",
      ({ card }) => (card.fan ? null : card.clocks.boost),
      { ...mhz, aliases: [`clocks.${kind}.gr`] },
    ),
    field(
      `clocks.${kind}.memory`,
      "memory clock that they asked for",
      ({ card }) => (card.fan ? null : card.clocks.memory),
      { ...mhz, aliases: [`clocks.${kind}.mem`] },
    ),
  ]),
  field("clocks.max.graphics", "highest clock of graphics", ({ card }) => card.clocks.boost, {
    ...mhz,
    aliases: ["clocks.max.gr"],
  }),
  field("clocks.max.sm", "highest clock of the multiprocessors", ({ card }) => card.clocks.boost, mhz),
  field("clocks.max.memory", "highest clock of the memory", ({ card }) => card.clocks.memory, {
    ...mhz,
    aliases: ["clocks.max.mem"],
  }),
];

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

const EVENTS: readonly Field[] = [
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
      (gpu) => yes(is(gpu)),
      {
        aliases: [`clocks_throttle_reasons.${name}`],
      },
    ),
  ),
];

const PLACES = [
  "device_memory",
  "dram",
  "register_file",
  "l1_cache",
  "l2_cache",
  "texture_memory",
  "cbu",
  "sram",
  "total",
];
/** Where our errors are: in the memory, and so in the total. */
const OURS = new Set(["device_memory", "dram", "total"]);

const ERRORS: readonly Field[] = [
  field("ecc.mode.current", "whether ECC is on", eccMode),
  field("ecc.mode.pending", "whether it will be after a reboot", eccMode),
  ...(["corrected", "uncorrected"] as const).flatMap((kind) =>
    (["volatile", "aggregate"] as const).flatMap((since) =>
      PLACES.map((place) =>
        field(
          `ecc.errors.${kind}.${since}.${place}`,
          `${kind} errors, ${since === "volatile" ? "since the last reset" : "ever"}`,
          (gpu) =>
            gpu.card.ecc !== "on" || (kind === "corrected" && place === "cbu")
              ? null
              : OURS.has(place)
                ? gpu.ecc[since][kind]
                : 0,
        ),
      ),
    ),
  ),
  ...["single_bit_ecc", "double_bit"].map((kind) =>
    absent(`retired_pages.${kind}.count`, "pages retired, before Ampere", [
      `retired_pages.${kind === "double_bit" ? "dbe" : "sbe"}`,
    ]),
  ),
  absent("retired_pages.pending", "whether pages are to be retired"),
];

const MODES: readonly Field[] = [
  field("mig.mode.current", "whether the GPU is divided", ({ card, mig }) =>
    card.mig === null ? null : mig ? "Enabled" : "Disabled",
  ),
  field("mig.mode.pending", "whether it will be after a reset", ({ card, mig }) =>
    card.mig === null ? null : mig ? "Enabled" : "Disabled",
  ),
  field("gsp.mode.current", "whether the system processor does the driver's work", () => "Enabled"),
  field("gsp.mode.default", "whether it does by default", () => "Enabled"),
  field("c2c.mode", "chip to chip link", () => "Disabled"),
  field("fabric.state", "fabric of NVLink switches", () => null),
  field("fabric.status", "how joining it went", () => null),
];

/** Everything that `--query-gpu` understands. */
export const GPU_FIELDS: readonly Field[] = [
  ...GENERAL,
  ...PCI,
  ...MEMORY,
  ...ACTIVITY,
  ...POWER,
  ...CLOCKS,
  ...EVENTS,
  ...ERRORS,
  ...MODES,
];

function hexMask(bits: number): string {
  return `0x${bits.toString(16).toUpperCase().padStart(16, "0")}`;
}

function eccMode({ card }: GpuReading): string | null {
  return card.ecc === "absent" ? null : card.ecc === "on" ? "Enabled" : "Disabled";
}

/** HBM is hotter than the chip beside it; other memory tells no temperature. 3 °C: ours. */
export function memoryCelsius({ card, moment }: GpuReading): number | null {
  return card.hbm ? Math.round(moment.celsius) + 3 : null;
}

/** Stands still below 40 °C, turns fully at 90 °C; ours. */
export function fanPercent({ card, moment: { celsius } }: GpuReading): number | null {
  if (!card.fan) return null;
  return celsius < 40 ? 0 : Math.min(100, Math.round(30 + (70 * (celsius - 40)) / 50));
}

function recoveryAction({ blocked, remaps }: GpuReading): string {
  if (blocked === null) return remaps.pending ? "GPU Reset" : "None";
  if (blocked.recovery === "reset") return "GPU Reset";
  return "Node Reboot";
}
