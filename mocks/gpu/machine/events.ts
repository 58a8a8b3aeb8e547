import type { FaultHit, FaultSubject } from "../../core/mock.ts";
import type { Recovery } from "../catalogue/xids.ts";
import { countErrors } from "../device/device.ts";
import type { Device } from "../device/device.ts";
import { EVENT_KINDS } from "../faults.ts";
import { recover } from "./recover.ts";
import { strikeXid } from "./strike.ts";
import type { Scene } from "./strike.ts";

type EventKind = (typeof EVENT_KINDS)[number];

/** Killed by the kernel: 128 + SIGKILL. */
const KILLED = 137;
const RECOVERY: Readonly<Record<string, Recovery>> = {
  reboot: "reboot",
  powerCycle: "power-cycle",
  never: "never",
};

/** Faults that happen, as against those that stand. */
export interface Events {
  /** Lets everything happen that is on at this time and has not happened yet; heals what the gone ones broke. */
  happen(devices: readonly Device[], atMs: number): void;
}

interface Happened {
  /** The stream of the fault: made with its PUT, so it tells one PUT from the next of the same id. */
  readonly put: FaultHit["random"];
  readonly device: Device;
  readonly heal: boolean;
  readonly times: number;
  readonly lastMs: number;
}

export function createEvents(scene: Scene): Events {
  const { faults } = scene.world;
  let happened: Happened[] = [];
  const strike = (kind: EventKind, device: Device, { id, params, random: put }: FaultHit, atMs: number) => {
    const before = happened.find((it) => it.put === put && it.device === device);
    const { repeat = 1, everyMs = 0, heal = false } = params as Repeating;
    if (before !== undefined && (before.times >= repeat || atMs < before.lastMs + everyMs)) return;
    const hit = faults.take(kind, subjectOf(device), { id, atMs });
    if (hit === null) return;
    const others = happened.filter((it) => it !== before);
    happened = [...others, { put, device, heal, times: (before?.times ?? 0) + 1, lastMs: atMs }];
    EFFECTS[kind](scene, device, hit, atMs);
  };
  return {
    happen(devices, atMs) {
      const standing = new Set<FaultHit["random"]>();
      for (const device of devices) {
        for (const kind of EVENT_KINDS) {
          for (const fault of faults.allStanding(kind, subjectOf(device), atMs)) {
            standing.add(fault.random);
            if (concernsGpu(fault.params, device)) strike(kind, device, fault, atMs);
          }
        }
      }
      const over = happened.filter(({ put }) => !standing.has(put));
      happened = happened.filter(({ put }) => standing.has(put));
      for (const { device, heal } of over) if (heal) recover(device, "never");
    },
  };
}

interface Repeating {
  readonly repeat?: number;
  readonly everyMs?: number;
  readonly heal?: boolean;
}

const EFFECTS: Readonly<
  Record<EventKind, (scene: Scene, device: Device, hit: FaultHit, atMs: number) => void>
> = {
  xid: (scene, device, { params }, atMs) => strikeXid(scene, device, Number(params["code"]), atMs),
  busDrop: (scene, device, { params }, atMs) =>
    strikeXid(scene, device, 79, atMs, RECOVERY[String(params["recover"])]),
  doubleBit(scene, device, { params }, atMs) {
    strikeXid(scene, device, 48, atMs);
    countErrors(device, "uncorrected", Number(params["dbe"]) - 1);
    strikeXid(scene, device, 63, atMs);
  },
  rowRemap: (scene, device, { params }, atMs) =>
    strikeXid(scene, device, params["state"] === "failed" ? 64 : 63, atMs),
  oom({ jobs, log }, device, { params }, atMs) {
    const running = jobs.running(device.identity.index);
    const [largest] = running.toSorted((a, b) => b.memoryMib - a.memoryMib);
    const victim = params["pid"] === undefined ? largest : running.find(({ pid }) => pid === params["pid"]);
    if (victim === undefined) return;
    jobs.end(victim.pid, { atMs, exitCode: KILLED, why: "out of memory" });
    log.add(atMs, `Out of memory: Killed process ${victim.pid} (${victim.name})`);
  },
  migToggle({ jobs }, device, _, atMs) {
    for (const { pid } of jobs.running(device.identity.index))
      jobs.end(pid, { atMs, exitCode: KILLED, why: "MIG was switched" });
    device.mig = device.card.mig !== null && !device.mig;
  },
};

/** The subject of every fault of one GPU: `scope: { gpu: "0" }`. */
export function subjectOf({ identity }: Device): FaultSubject {
  return { labels: { gpu: String(identity.index), uuid: identity.uuid } };
}

/** `params.gpu`, where a fault has one; absent: all. */
export function concernsGpu(params: FaultHit["params"], { identity }: Device): boolean {
  return params["gpu"] === undefined || params["gpu"] === identity.index;
}
