import { FiredrillError } from "../../../harness/error.ts";
import type { Random } from "../../../harness/service/host.ts";
import { keyedRandom } from "../../../harness/service/random.ts";
import type { FaultHit, FaultSubject, MockFaults } from "../mock.ts";
import type { FaultKinds } from "./kind.ts";
import { parseFault } from "./spec.ts";
import type { FaultSpec } from "./spec.ts";
import { concerns, isOn, nextChangeMs } from "./when.ts";

const MAX_FAULTS = 1_000;

/** A fault as GET /state shows it. */
export interface FaultRecord {
  readonly id: string;
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly putMs: number;
  readonly on: boolean;
  readonly candidates: number;
  readonly hits: number;
  /** How often it was read as a state (`standing`), which hits nobody in particular and stands in no journal. */
  readonly looks: number;
  readonly firstHitMs: number | null;
  readonly lastHitMs: number | null;
}

export interface FaultSchedule extends MockFaults {
  /** Replaces a fault of the same id. @throws USAGE_FAULT */
  put(id: string, input: unknown): FaultRecord;
  /** False: there was none. */
  delete(id: string): boolean;
  clear(): void;
  list(): FaultRecord[];
  /** When the next fault goes on or off by the clock; infinity: never. */
  nextChangeMs(): number;
}

interface Standing {
  readonly id: string;
  readonly spec: FaultSpec;
  readonly putMs: number;
  readonly chance: Random;
  readonly random: Random;
  candidates: number;
  hits: number;
  looks: number;
  firstHitMs: number | null;
  lastHitMs: number | null;
}

export interface ScheduleOptions {
  readonly kinds: FaultKinds;
  readonly seed: number;
  readonly nowMs: () => number;
  readonly note: (kind: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** The faults of one mock: put and deleted over the control port, asked for where they take effect. */
export function createFaultSchedule({ kinds, seed, nowMs, note }: ScheduleOptions): FaultSchedule {
  const faults = new Map<string, Standing>();
  const listeners: (() => void)[] = [];
  let early: (() => void)[] = [];
  const changing = () => early.forEach((listener) => listener());
  const changed = () => listeners.forEach((listener) => listener());

  const spent = ({ spec, hits }: Standing) => spec.count !== undefined && hits >= spec.count;
  const on = (fault: Standing, atMs = nowMs()) => !spent(fault) && isOn(fault.spec, fault.putMs, atMs);
  const record = (fault: Standing): FaultRecord => ({
    id: fault.id,
    kind: fault.spec.kind,
    params: fault.spec.params,
    putMs: fault.putMs,
    on: on(fault),
    candidates: fault.candidates,
    hits: fault.hits,
    looks: fault.looks,
    firstHitMs: fault.firstHitMs,
    lastHitMs: fault.lastHitMs,
  });
  const hit = ({ id, spec, random }: Standing): FaultHit => ({ id, params: spec.params, random });

  const look = (fault: Standing): FaultHit => {
    fault.looks += 1;
    return hit(fault);
  };

  const strikes = (fault: Standing, subject: FaultSubject, atMs?: number): boolean => {
    if (!on(fault, atMs) || !concerns(fault.spec, subject)) return false;
    fault.candidates += 1;
    const { afterRequests = 0, probability } = fault.spec.when;
    if (fault.candidates <= afterRequests) return false;
    return probability === undefined || fault.chance.next() < probability;
  };

  return {
    take(kind, subject, only) {
      // Nearly every request of a life meets no fault.
      if (faults.size === 0) return null;
      for (const fault of faults.values()) {
        if (fault.spec.kind !== kind || (only !== undefined && fault.id !== only.id)) continue;
        if (!strikes(fault, subject, only?.atMs)) continue;
        fault.hits += 1;
        fault.lastHitMs = nowMs();
        fault.firstHitMs ??= fault.lastHitMs;
        note("fault.hit", { id: fault.id, fault: kind, hit: fault.hits });
        return hit(fault);
      }
      return null;
    },
    standing(kind, subject) {
      for (const fault of faults.values()) {
        if (fault.spec.kind !== kind || !on(fault)) continue;
        if (subject === undefined || concerns(fault.spec, subject)) return look(fault);
      }
      return null;
    },
    allStanding: (kind, subject, atMs) =>
      [...faults.values()]
        .filter((fault) => fault.spec.kind === kind && on(fault, atMs) && concerns(fault.spec, subject))
        .map(look),
    onChange: (listener) => void listeners.push(listener),
    beforeChange: (listener) => void early.push(listener),
    put(id, input) {
      const spec = parseFault(input, kinds);
      if (faults.size >= MAX_FAULTS)
        throw new FiredrillError("USAGE_FAULT", `more than ${MAX_FAULTS} faults at once`);
      changing();
      const stream = (purpose: string) => keyedRandom(seed ^ spec.seed, `fault/${id}/${purpose}`);
      const standing: Standing = {
        id,
        spec,
        putMs: nowMs(),
        chance: stream("chance"),
        random: stream("params"),
        candidates: 0,
        hits: 0,
        looks: 0,
        firstHitMs: null,
        lastHitMs: null,
      };
      faults.set(id, standing);
      note("fault.put", { id, fault: spec.kind, params: spec.params });
      changed();
      return record(standing);
    },
    delete(id) {
      const fault = faults.get(id);
      if (fault === undefined) return false;
      changing();
      faults.delete(id);
      note("fault.deleted", { id, hits: fault.hits });
      changed();
      return true;
    },
    clear() {
      early = [];
      faults.clear();
      changed();
    },
    list: () => [...faults.values()].map(record),
    nextChangeMs: () =>
      Math.min(
        Infinity,
        ...[...faults.values()].map(({ spec, putMs }) => nextChangeMs(spec, putMs, nowMs())),
      ),
  };
}
