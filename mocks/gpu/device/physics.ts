import type { Card } from "../catalogue/card.ts";

/** How fast heat follows power: two thirds of the way in this time. Ours. */
const WARMING_MS = 30_000;
/** Without its fan, or the chassis's, a card is so many times worse at giving off heat. Ours. */
const NO_FAN = 4;
/** What software takes from the clocks each second, per °C over the target, and gives back under it. Ours. */
const TAKE_PER_DEGREE = 0.01;
const GIVE_BACK = 0.005;
/** Degrees under the target before the clocks come back. Ours. */
const HYSTERESIS_C = 2;
/** Hardware slowdown halves the clocks or worse (nvidia-smi, clocks_event_reasons.hw_slowdown). */
const HARDWARE_SCALE = 0.5;
/** Clocks come in steps of 15 MHz. */
const CLOCK_STEP_MHZ = 15;
const MIN_SCALE = 0.1;

/** Demand of everything that runs on a GPU. */
export interface Load {
  /** 0..1 */
  readonly utilisation: number;
  /** 0..1: how busy the memory is. */
  readonly memoryUtilisation: number;
  /** Share of the default power limit that this work takes at full clocks. */
  readonly intensity: number;
}

/** Everything from outside that the physics depends on. */
export interface Surroundings {
  readonly load: Load;
  readonly ambientC: number;
  readonly fanFailed: boolean;
  /** Where software begins to throttle; null: the card's own target. */
  readonly throttleAtC: number | null;
  readonly capWatts: number;
}

/** One moment of a GPU. `scale`: the clocks that work gets, or would get, as a share of the boost clock. */
export interface Moment {
  readonly celsius: number;
  readonly watts: number;
  readonly joules: number;
  readonly clockMhz: number;
  readonly scale: number;
  /** What is left of `scale` by heat alone, before power and hardware have their say. */
  readonly thermalScale: number;
  readonly reasons: ThrottleReasons;
  /** Time spent throttled, ms. */
  readonly violations: { readonly thermalMs: number; readonly powerMs: number };
  readonly load: Load;
}

/** Why clocks are not at their highest, as nvidia-smi names it. */
export interface ThrottleReasons {
  readonly idle: boolean;
  readonly softwarePower: boolean;
  readonly softwareThermal: boolean;
  readonly hardwareThermal: boolean;
}

const NO_LOAD: Load = { utilisation: 0, memoryUtilisation: 0, intensity: 0.9 };

/** Settled and idle. */
export function restingMoment(card: Card, ambientC: number): Moment {
  return {
    celsius: ambientC + card.thermal.risePerWatt * card.power.idle,
    watts: card.power.idle,
    joules: 0,
    clockMhz: card.clocks.idle,
    scale: 1,
    thermalScale: 1,
    reasons: { idle: true, softwarePower: false, softwareThermal: false, hardwareThermal: false },
    violations: { thermalMs: 0, powerMs: 0 },
    load: NO_LOAD,
  };
}

/**
 * The next moment: load and clocks give power, power gives heat with a first-order lag, heat and limits give clocks.
 * Only sums, products and a cube root: the same digits on every machine.
 */
export function nextMoment(card: Card, before: Moment, around: Surroundings, stepMs: number): Moment {
  const { load } = around;
  const busy = load.utilisation > 0;
  const target = around.throttleAtC ?? card.thermal.target;
  const thermalScale = heatScale(before, target, stepMs);
  const full = fullWatts(card, busy ? load : { ...load, utilisation: 1 });
  const byPower =
    full <= around.capWatts
      ? 1
      : Math.cbrt(Math.max(0, around.capWatts - card.power.idle) / (full - card.power.idle));
  const hot = before.celsius >= card.thermal.slowdown;
  const scale = Math.max(MIN_SCALE, Math.min(1, thermalScale, byPower, hot ? HARDWARE_SCALE : 1));
  // Power falls with the cube of the clocks: their first power, and voltage squared.
  const watts = busy ? card.power.idle + (full - card.power.idle) * scale ** 3 : card.power.idle;
  const settledC = around.ambientC + card.thermal.risePerWatt * (around.fanFailed ? NO_FAN : 1) * watts;
  const reasons = {
    idle: !busy,
    softwarePower: busy && byPower < 1,
    softwareThermal: busy && thermalScale < 1,
    hardwareThermal: busy && hot,
  };
  const hindered = reasons.softwareThermal || reasons.hardwareThermal;
  return {
    celsius: before.celsius + (settledC - before.celsius) * Math.min(1, stepMs / WARMING_MS),
    watts,
    joules: before.joules + (watts * stepMs) / 1_000,
    clockMhz: busy ? steps(card.clocks.boost * scale) : card.clocks.idle,
    scale,
    thermalScale,
    reasons,
    violations: {
      thermalMs: before.violations.thermalMs + (hindered ? stepMs : 0),
      powerMs: before.violations.powerMs + (reasons.softwarePower ? stepMs : 0),
    },
    load,
  };
}

function heatScale({ celsius, thermalScale }: Moment, target: number, stepMs: number): number {
  const seconds = stepMs / 1_000;
  if (celsius >= target)
    return Math.max(MIN_SCALE, thermalScale - TAKE_PER_DEGREE * (celsius - target) * seconds);
  if (celsius > target - HYSTERESIS_C) return thermalScale;
  return Math.min(1, thermalScale + GIVE_BACK * seconds);
}

function fullWatts({ power }: Card, { utilisation, intensity }: Load): number {
  return power.idle + Math.max(0, power.limit * intensity - power.idle) * utilisation;
}

function steps(mhz: number): number {
  return Math.round(mhz / CLOCK_STEP_MHZ) * CLOCK_STEP_MHZ;
}
