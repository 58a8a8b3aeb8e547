import type { EventBody, EventKind } from "../events/vocabulary.ts";
import type { StackSpec } from "../stack/spec.ts";
import type { RunningStack } from "../tier/tier.ts";
import type { Clock } from "../time/clock.ts";
import type { Injector, ResolvedFault } from "./injector.ts";
import type { UndoAction } from "./undo.ts";
import type { UndoEntry, UndoLog } from "./undo-log.ts";

/** Virtual time: whenever nothing else can happen, it jumps to the next sleeper. */
export interface VirtualClock extends Clock {
  /** Lets time run until `work` is settled. @throws when it never will be */
  run<T>(work: Promise<T>): Promise<T>;
  /** Lets time run until this moment. */
  runUntil(ms: number): Promise<void>;
}

const idle = () => new Promise<void>((resolve) => setImmediate(resolve));

export function virtualClock(): VirtualClock {
  let now = 0;
  const sleepers = new Set<{ atMs: number; wake: () => void }>();
  const step = async (limitMs: number): Promise<boolean> => {
    await idle();
    const [next] = [...sleepers].toSorted((a, b) => a.atMs - b.atMs);
    if (next === undefined || next.atMs > limitMs) return false;
    now = Math.max(now, next.atMs);
    sleepers.delete(next);
    next.wake();
    return true;
  };
  const sleep: Clock["sleep"] = (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = { atMs: now + ms, wake: resolve };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        sleepers.delete(sleeper);
        resolve();
      });
    });
  return {
    nowMs: () => now,
    sleep,
    run: async (work) => {
      const settled = new AbortController();
      const finish = () => settled.abort();
      work.then(finish, finish);
      while (!settled.signal.aborted) {
        if (!(await step(Infinity)) && !settled.signal.aborted) throw new Error("nothing left to wait for");
      }
      return work;
    },
    runUntil: async (ms) => {
      while (await step(ms));
      now = Math.max(now, ms);
    },
  };
}

/** What a test may turn on and off in the modelled target. */
export interface ModelTarget {
  /** Is the effect of the fault there? Set by apply, cleared by undo, or by the test: a restart. */
  broken: boolean;
  /** Down: preparing fails, as it does for a container that does not run. */
  down: boolean;
  /** How many of the next undo attempts fail. */
  undoFailures: number;
  applyFails: boolean;
  /** Applied, but without effect. */
  inert: boolean;
}

/** A stack in memory with one target, an undo log in memory, and a record of everything in order. */
export interface ModelRun {
  readonly clock: VirtualClock;
  readonly stack: RunningStack;
  readonly target: ModelTarget;
  readonly undoLog: UndoLog;
  readonly entries: UndoEntry[];
  /** Events by kind, and `undo`/`disk:armed` … as they happened. */
  readonly trace: string[];
  readonly events: (EventBody & { t: number })[];
  readonly emit: (event: EventBody) => void;
  eventsOf<Kind extends EventKind>(kind: Kind): Extract<EventBody & { t: number }, { kind: Kind }>[];
}

/** @param undo what the injector says must be undone; by default one action */
export function modelRun(undo: readonly UndoAction[] = [{ op: "mend", args: { target: "db" } }]): ModelRun {
  const clock = virtualClock();
  const trace: string[] = [];
  const events: ModelRun["events"] = [];
  const entries: UndoEntry[] = [];
  const target: ModelTarget = {
    broken: false,
    down: false,
    undoFailures: 0,
    applyFails: false,
    inert: false,
  };
  const injector: Injector = {
    prepare: async () => {
      if (target.down) throw new Error("db is not running");
      return {
        undo,
        apply: async () => {
          trace.push("apply");
          if (target.applyFails) throw new Error("permission denied");
          target.broken = !target.inert;
        },
        confirm: async () => ({ confirmed: target.broken, evidence: target.broken ? "broken" : "intact" }),
      };
    },
  };
  const stack = modelStack(clock, injector, {
    undo: async (action) => {
      trace.push(`undo:${action.op}`);
      if (target.undoFailures-- > 0) throw new Error("engine is busy");
      target.broken = false;
    },
    audit: async () => ({
      clean: !target.broken,
      detail: target.broken ? "db is still broken" : "db is whole",
    }),
  });
  const undoLog: UndoLog = {
    arm: (entry) => {
      const armed: UndoEntry = { id: `u${entries.length + 1}`, ...entry, state: "armed" };
      entries.push(armed);
      trace.push("disk:armed");
      return armed;
    },
    settle: (entry, state) => {
      entries[entries.findIndex(({ id }) => id === entry.id)] = { ...entry, state };
      trace.push(`disk:${state}`);
    },
    close: () => undefined,
  };
  return {
    clock,
    stack,
    target,
    undoLog,
    entries,
    trace,
    events,
    emit: (event) => {
      trace.push(event.kind);
      events.push({ ...event, t: clock.nowMs() });
    },
    eventsOf: (kind) => events.filter((it): it is never => it.kind === kind),
  };
}

const notModelled = (): never => {
  throw new Error("not part of this model");
};

function modelStack(
  clock: Clock,
  injector: Injector,
  rest: Pick<RunningStack, "undo" | "audit">,
): RunningStack {
  const spec: StackSpec = { name: "model", file: "", services: {}, roles: {}, places: {}, kubernetes: null };
  return {
    tier: "sim",
    spec,
    clock,
    injectors: { pause: injector, kill: injector },
    state: notModelled,
    request: notModelled,
    runShell: notModelled,
    logs: notModelled,
    fingerprint: notModelled,
    outsideAttempts: notModelled,
    [Symbol.asyncDispose]: async () => undefined,
    ...rest,
  };
}

/** A fault whose target is `db`. `pause` is continuous, `kill` is not. */
export function resolvedFault(rest: Partial<ResolvedFault> = {}): ResolvedFault {
  return { id: "f1", kind: "pause", targets: ["db"], peers: [], params: {}, ttlMs: 600_000, ...rest };
}
