import type { MockWorld } from "../../core/mock.ts";
import type { Recovery } from "../catalogue/xids.ts";
import { createDevice } from "../device/device.ts";
import type { Device } from "../device/device.ts";
import { identityOf } from "../device/identity.ts";
import type { GpuSettings } from "../settings.ts";
import { standingFor, stepDevice } from "./conditions.ts";
import { createEvents } from "./events.ts";
import { createJobs } from "./jobs.ts";
import type { Jobs } from "./jobs.ts";
import { createKernelLog } from "./kernel-log.ts";
import type { KernelLog } from "./kernel-log.ts";
import { readingOf } from "./reading.ts";
import type { GpuReading } from "./reading.ts";
import { recover } from "./recover.ts";
import { xidLine } from "./strike.ts";

/** Sensors are read once a second of the mock's clock. */
export const TICK_MS = 1_000;
/** Who looks after a day gets the day in so many steps at most. */
const MAX_STEPS = 3_600;

/** GPUs, what runs on them, and the kernel that watches over them. */
export interface Machine {
  readonly settings: GpuSettings;
  readonly jobs: Jobs;
  readonly log: KernelLog;
  /**
   * Lets everything happen that has happened since somebody last looked, and shows it. State changes on whole seconds
   * only, so it does not depend on who looks when; what a fault breaks is broken at once.
   */
  look(): readonly GpuReading[];
  /** The last sample of DCGM: collected every `dcgmIntervalMs`, if somebody looks or not. */
  sample(): readonly GpuReading[];
  /** `nvidia-smi --gpu-reset`. False: that does not help. Ends what runs there. */
  reset(gpu: number): boolean;
  /** All of them, with what runs on them and the kernel log. */
  restart(how: Extract<Recovery, "reboot" | "power-cycle" | "never">): void;
}

export function createMachine(world: MockWorld, settings: GpuSettings): Machine {
  const { clock, faults } = world;
  const jobs = createJobs();
  const log = createKernelLog();
  const devices: readonly Device[] = Array.from({ length: settings.count }, (_, index) =>
    createDevice(identityOf(index, world.random(`card/${index}`)), settings.card, settings.ambientC),
  );
  const scene = { world, jobs, log };
  const events = createEvents(scene);
  let settledMs = 0;
  const read = () => devices.map((device) => readingOf(device, jobs));
  let sample = { atMs: 0, readings: read() };

  const collect = (atMs: number) => {
    const stale = Number(faults.allStanding("dcgm.stale", { labels: {} }, atMs)[0]?.params["seconds"] ?? 0);
    const dueMs = sample.atMs + Math.max(settings.dcgmIntervalMs, stale * 1_000);
    if (atMs < dueMs || devices.some((device) => isHung(device, atMs))) return;
    sample = { atMs: atMs - (atMs % settings.dcgmIntervalMs), readings: read() };
  };
  const isHung = (device: Device, atMs: number) =>
    device.hung || standingFor(faults, device, atMs)("hang") !== null;
  const noteHang = (device: Device, atMs: number) => {
    // A fault that only hangs says so once in the kernel log.
    if (device.hung || standingFor(faults, device, atMs)("hang") === null || device.xidCounts.has(119))
      return;
    log.add(atMs, xidLine(device, 119));
    device.lastXid = 119;
    device.xidCounts.set(119, 1);
  };
  const settle = () => {
    const nowMs = clock.nowMs();
    const ticks = Math.floor((nowMs - settledMs) / TICK_MS);
    const stepMs = Math.max(1, Math.ceil(ticks / MAX_STEPS)) * TICK_MS;
    for (let atMs = settledMs + stepMs; atMs <= nowMs; atMs += stepMs) {
      for (const device of devices) stepDevice(scene, settings, device, atMs, stepMs);
      events.happen(devices, atMs);
      collect(atMs);
      settledMs = atMs;
    }
    events.happen(devices, nowMs);
    for (const device of devices) noteHang(device, nowMs);
  };
  faults.beforeChange(settle);

  return {
    settings,
    jobs,
    log,
    look() {
      settle();
      return read();
    },
    sample() {
      settle();
      return sample.readings;
    },
    reset(gpu) {
      settle();
      const device = devices[gpu];
      return device !== undefined && recover(device, "reset");
    },
    restart(how) {
      settle();
      const atMs = clock.nowMs();
      for (const { pid } of jobs.running())
        jobs.end(pid, { atMs, exitCode: 143, why: "the machine went down" });
      for (const device of devices) recover(device, how);
      log.clear();
      world.note("gpu.restart", { how });
    },
  };
}
