import type { GpuReading } from "../machine/reading.ts";
import { absent, DEPRECATED, field } from "./field.ts";
import type { Field } from "./field.ts";

const mib = { unit: "MiB" } as const;
const percent = { unit: "%" } as const;
const watts = { unit: "W" } as const;
const mhz = { unit: "MHz" } as const;

/** While a card is divided, nobody says how busy all of it is. */
const whole = (value: (gpu: GpuReading) => number) => (gpu: GpuReading) => (gpu.mig ? null : value(gpu));
/** Memory that confidential computing protects: none. */
const none = () => 0;

const MODULE_POWER = [
  ["module.power.draw.average"],
  ["module.power.draw.instant"],
  ["module.power.limit", "module.power.requested_limit"],
  ["module.enforced.power.limit", "module.power.current_limit"],
  ["module.power.default_limit"],
  ["module.power.min_limit"],
  ["module.power.max_limit"],
] as const;

const SMOOTHING = {
  delayed_power_smoothing_supported: null,
  primary_power_floor: "W",
  secondary_power_floor: "W",
  min_primary_floor_activation_offset: "W",
  min_primary_floor_activation_point: "W",
  window_multiplier: "ms",
  "curr_profile.secondary_power_floor": "W",
  "curr_profile.primary_floor_act_window_multiplier": null,
  "curr_profile.primary_floor_tar_window_multiplier": null,
  "curr_profile.primary_floor_act_offset": "W",
  "admin_override.secondary_power_floor": "W",
  "admin_override.primary_floor_act_window_multiplier": null,
  "admin_override.primary_floor_tar_window_multiplier": null,
  "admin_override.primary_floor_act_offset": "W",
} as const;

export const MEMORY_FIELDS: readonly Field[] = [
  field("memory.total", "all memory", ({ memory }) => memory.total, mib),
  field("memory.reserved", "held back by driver and firmware", ({ memory }) => memory.reserved, mib),
  field("memory.used", "in use by processes", ({ memory }) => memory.used, mib),
  field("memory.free", "still free", ({ memory }) => memory.free, mib),
];

export const PROTECTED_FIELDS: readonly Field[] = [
  field("protected_memory.total", "memory of confidential computing", none, mib),
  field("protected_memory.used", "protected memory in use", none, mib),
  field("protected_memory.free", "protected memory still free", none, mib),
];

export const ACTIVITY_FIELDS: readonly Field[] = [
  field("compute_mode", "who may compute", () => "Default"),
  field("compute_cap", "compute capability", ({ card }) => card.capability, { remembered: true }),
  field(
    "utilization.gpu",
    "share of the time in which something ran",
    whole(({ moment }) => Math.round(moment.load.utilisation * 100)),
    percent,
  ),
  field(
    "utilization.memory",
    "share of the time in which memory was busy",
    whole(({ moment }) => Math.round(moment.load.memoryUtilisation * 100)),
    percent,
  ),
  ...["encoder", "decoder", "jpeg", "ofa"].map((engine) =>
    field(`utilization.${engine}`, `how busy the ${engine} is`, whole(none), percent),
  ),
  field("encoder.stats.sessionCount", "sessions of the encoder", none),
  field("encoder.stats.averageFps", "frames a second", none),
  field("encoder.stats.averageLatency", "its latency, µs", none),
];

export const TEMPERATURE_FIELDS: readonly Field[] = [
  field("temperature.gpu", "of the GPU, °C", ({ moment }) => Math.round(moment.celsius)),
  field("temperature.gpu.tlimit", "°C left until it slows down", ({ card, moment }) =>
    card.thermal.limitSum === null ? null : card.thermal.limitSum - Math.round(moment.celsius),
  ),
  field("temperature.memory", "of the memory, °C", (gpu) => memoryCelsius(gpu) ?? "N/A"),
];

const limit = ({ capWatts }: GpuReading) => capWatts.toFixed(2);
const drawn = ({ moment }: GpuReading) => moment.watts.toFixed(2);

export const POWER_FIELDS: readonly Field[] = [
  field("power.management", "whether power is managed", () => DEPRECATED),
  field("power.draw", "power now", drawn, watts),
  field("power.draw.average", "power in the last second", drawn, {
    ...watts,
    aliases: ["gpu.power.draw.average"],
  }),
  field("power.draw.instant", "power at this moment", drawn, {
    ...watts,
    aliases: ["gpu.power.draw.instant"],
  }),
  field("power.limit", "the limit that was asked for", limit, {
    ...watts,
    aliases: ["gpu.power.requested_limit"],
  }),
  field("enforced.power.limit", "the limit that holds", limit, {
    ...watts,
    aliases: ["gpu.power.current_limit"],
  }),
  field("power.default_limit", "its limit when it starts", ({ card }) => card.power.limit.toFixed(2), {
    ...watts,
    aliases: ["gpu.power.default_limit"],
  }),
  field("power.min_limit", "the least limit", ({ card }) => card.power.min.toFixed(2), {
    ...watts,
    aliases: ["gpu.power.min_limit"],
  }),
  field("power.max_limit", "the highest limit", ({ card }) => card.power.limit.toFixed(2), {
    ...watts,
    aliases: ["gpu.power.max_limit"],
  }),
  ...MODULE_POWER.map(([name, ...aliases]) =>
    absent(name, "power of a module with a CPU on it", aliases, "W"),
  ),
  ...Object.entries(SMOOTHING).map(([name, unit]) =>
    absent(`power_smoothing.${name}`, "smoothing of power, Blackwell and newer", [], unit),
  ),
  field(
    "edpp_multiplier",
    "how far peaks may go over the limit",
    ({ card }) => (card.hbm ? "100.00" : null),
    percent,
  ),
];

const clock = ({ moment }: GpuReading) => moment.clockMhz;
const deprecatedClocks = ["applications", "default_applications"].flatMap((kind) => [
  field(`clocks.${kind}.graphics`, "a clock that applications asked for", () => DEPRECATED, {
    ...mhz,
    aliases: [`clocks.${kind}.gr`],
  }),
  field(`clocks.${kind}.memory`, "a memory clock that they asked for", () => DEPRECATED, {
    ...mhz,
    aliases: [`clocks.${kind}.mem`],
  }),
]);

export const CLOCK_FIELDS: readonly Field[] = [
  field("clocks.current.graphics", "clock of graphics", clock, { ...mhz, aliases: ["clocks.gr"] }),
  field("clocks.current.sm", "clock of the multiprocessors", clock, { ...mhz, aliases: ["clocks.sm"] }),
  field("clocks.current.memory", "clock of the memory", ({ memoryClockMhz }) => memoryClockMhz, {
    ...mhz,
    aliases: ["clocks.mem"],
  }),
  field("clocks.current.video", "clock of video", videoMhz, { ...mhz, aliases: ["clocks.video"] }),
  ...deprecatedClocks,
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

/** As in the captures of H100 and H200: 765 MHz at 345, 1,545 at 1,980; a line between them for all cards. */
export function videoMhz({ moment }: GpuReading): number {
  return Math.round((765 + ((moment.clockMhz - 345) * (1_545 - 765)) / (1_980 - 345)) / 15) * 15;
}

/** HBM is hotter than the chip beside it; other memory tells no temperature. 3 °C: ours. */
export function memoryCelsius({ card, moment }: GpuReading): number | null {
  return card.hbm ? Math.round(moment.celsius) + 3 : null;
}
