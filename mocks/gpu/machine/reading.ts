import type { Card } from "../catalogue/card.ts";
import type { Device } from "../device/device.ts";
import type { Identity } from "../device/identity.ts";
import type { Moment } from "../device/physics.ts";
import type { Job, Jobs } from "./jobs.ts";

/** One GPU at one moment: all that nvidia-smi, DCGM, the node and the API show is read from this. */
export interface GpuReading extends Omit<Device, "moment" | "xidCounts"> {
  readonly identity: Identity;
  readonly card: Card;
  readonly moment: Moment;
  readonly xidCounts: ReadonlyMap<number, number>;
  /** total = used + free + reserved, in whole MiB. */
  readonly memory: {
    readonly total: number;
    readonly used: number;
    readonly free: number;
    readonly reserved: number;
  };
  readonly state: "P0" | "P2" | "P8";
  readonly memoryClockMhz: number;
  readonly jobs: readonly Job[];
  /** Work takes so many times longer than at full clocks; null: there is no work to be had from it. */
  readonly slowdown: number | null;
}

export function readingOf(device: Device, jobs: Jobs): GpuReading {
  const { card, moment, identity } = device;
  const total = card.memoryMib;
  const reserved = card.reservedMib;
  const used = Math.min(total - reserved, Math.ceil(jobs.memoryMib(identity.index) + device.leakedMib));
  const idle = moment.load.utilisation === 0;
  const dead = device.lost !== null || device.blocked !== null || device.hung;
  return {
    ...device,
    xidCounts: new Map(device.xidCounts),
    memory: { total, used, free: total - reserved - used, reserved },
    // GeForce cards compute in P2, all others in P0.
    state: idle ? card.idleState : card.fan ? "P2" : "P0",
    memoryClockMhz: idle ? card.clocks.idleMemory : card.clocks.memory,
    jobs: jobs.running(identity.index),
    slowdown: dead ? null : Math.round(100 / moment.scale) / 100,
  };
}
