import type { FaultHit, MockFaults } from "../../core/mock.ts";
import { countErrors } from "../device/device.ts";
import type { Device } from "../device/device.ts";
import { nextMoment } from "../device/physics.ts";
import type { GpuSettings } from "../settings.ts";
import { concernsGpu, subjectOf } from "./events.ts";
import { strikeXid } from "./strike.ts";
import type { Scene } from "./strike.ts";

const HOUR_MS = 3_600_000;
/** Single-bit errors an hour from which the driver complains (XID 92). Ours. */
const HIGH_SBE_RATE = 10_000;
/** Of a link that came up badly. Ours. */
const REPLAYS_PER_SECOND = 2;

/** What stands at a time for one GPU, by kind: the first fault that was put. */
export type Standing = (kind: string) => FaultHit["params"] | null;

export function standingFor(faults: MockFaults, device: Device, atMs: number): Standing {
  const subject = subjectOf(device);
  return (kind) =>
    faults.allStanding(kind, subject, atMs).find(({ params }) => concernsGpu(params, device))?.params ?? null;
}

/**
 * One step of one GPU under what stands: load, heat, errors that trickle in, memory that leaks away. `atMs` is the end
 * of the step; what stood at its beginning counts for all of it.
 */
export function stepDevice(
  scene: Scene,
  settings: GpuSettings,
  device: Device,
  atMs: number,
  stepMs: number,
): void {
  const standing = standingFor(scene.world.faults, device, atMs - stepMs);
  const { index } = device.identity;
  const { card } = device;
  const thermal = standing("thermal");
  const cap = Number(standing("powerCap")?.["watts"] ?? card.power.limit);
  device.capWatts = Math.min(card.power.limit, Math.max(card.power.min, cap));
  const stuck = device.lost !== null || device.blocked !== null || device.hung;
  device.moment = nextMoment(
    card,
    device.moment,
    {
      load: scene.jobs.load(index),
      ambientC: Number(thermal?.["ambientC"] ?? settings.ambientC),
      fanFailed: thermal?.["fanFail"] === true,
      throttleAtC: thermal?.["throttleAt"] === undefined ? null : Number(thermal["throttleAt"]),
      capWatts: device.capWatts,
    },
    stepMs,
  );
  if (!stuck) scene.jobs.work(index, stepMs / 1_000, device.moment.scale, atMs);
  if (device.lost === null && device.moment.celsius >= card.thermal.shutdown)
    strikeXid(scene, device, 79, atMs);
  errors(scene, device, standing("ecc"), atMs, stepMs);
  leak(scene, device, standing("vramLeak"), atMs, stepMs);
  links(scene, device, standing, atMs, stepMs);
}

function errors(
  scene: Scene,
  device: Device,
  fault: FaultHit["params"] | null,
  atMs: number,
  stepMs: number,
) {
  if (fault === null) return;
  const rate = Number(fault["sbePerHour"]);
  // As many as are due since the beginning of time, so that no fraction is lost between two steps.
  const dueUntil = (ms: number) => Math.floor((rate * ms) / HOUR_MS);
  countErrors(device, "corrected", dueUntil(atMs) - dueUntil(atMs - stepMs));
  if (rate >= HIGH_SBE_RATE && !device.xidCounts.has(92)) strikeXid(scene, device, 92, atMs);
}

function leak(scene: Scene, device: Device, fault: FaultHit["params"] | null, atMs: number, stepMs: number) {
  if (fault === null || device.lost !== null) return;
  const { index } = device.identity;
  const room = device.card.memoryMib - device.card.reservedMib;
  device.leakedMib = Math.min(room, device.leakedMib + (Number(fault["MiBPerMin"]) * stepMs) / 60_000);
  // The newest process asks last, so it is the first that gets nothing.
  for (let guard = 0; guard < 1_000; guard++) {
    const newest = scene.jobs.running(index).at(-1);
    if (newest === undefined || device.leakedMib + scene.jobs.memoryMib(index) <= room) return;
    scene.jobs.end(newest.pid, { atMs, exitCode: 1, why: "CUDA out of memory" });
  }
}

function links(scene: Scene, device: Device, standing: Standing, atMs: number, stepMs: number) {
  const down = standing("nvlinkDown");
  if (down !== null && device.linksDown === 0 && device.card.nvlinks > 0) {
    strikeXid(scene, device, 74, atMs);
    device.linksDown = Math.min(device.card.nvlinks, Number(down["links"]));
  }
  const narrow = standing("pcieDowngrade");
  if (narrow === null) return void (device.pcie = device.card.pcie);
  device.pcie = {
    gen: Math.min(device.card.pcie.gen, Number(narrow["gen"])),
    width: Math.min(device.card.pcie.width, Number(narrow["width"])),
  };
  device.pcieReplays += Math.round((REPLAYS_PER_SECOND * stepMs) / 1_000);
}
