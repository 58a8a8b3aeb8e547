import type { Emit } from "../events/vocabulary.ts";
import { FiredrillError } from "../error.ts";
import { type ActiveFault, injectFault } from "../fault/lifecycle.ts";
import type { UndoLog } from "../fault/undo-log.ts";
import { resolveTargets } from "../stack/roles.ts";
import type { RunningStack } from "../tier/tier.ts";
import type { FaultSpec } from "./definition.ts";

/** What became of a planned fault; `null`: it could not even be tried. */
export type FaultOutcome = ActiveFault | null;

/** The planned faults of one trial, each started when its anchor has come. */
export interface Drill {
  begin(): void;
  /** Resolves when the fault is confirmed, unconfirmed, or will never start. */
  outcome(faultId: string): Promise<FaultOutcome>;
  /** Resolves when every fault has an outcome. */
  all(): Promise<FaultOutcome[]>;
  /** Undoes what is still in effect, newest first. */
  revertAll(by: "end" | "interrupt"): Promise<void>;
}

export interface DrillContext {
  readonly stack: RunningStack;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly undoLog: UndoLog;
}

export function startFaults(faults: readonly FaultSpec[], context: DrillContext): Drill {
  const active: ActiveFault[] = [];
  const baseline = Promise.withResolvers<void>();
  const outcomes = new Map<string, Promise<FaultOutcome>>();
  // A fault may only be anchored to an earlier one, so a single pass in order suffices.
  for (const fault of faults) {
    const outcome = run(fault);
    // Whoever waits for it hears of its error; until somebody does, it must not end the process.
    outcome.catch(() => undefined);
    outcomes.set(fault.id, outcome);
  }

  async function run(fault: FaultSpec): Promise<FaultOutcome> {
    await baseline.promise;
    if (fault.after.event !== "baseline") {
      const anchor = await outcomes.get(fault.after.event.slice("fault:".length));
      if (!anchor?.confirmed) return null;
    }
    await context.stack.clock.sleep(fault.after.delayMs, context.signal);
    if (context.signal.aborted) return null;
    return inject(fault);
  }

  async function inject(fault: FaultSpec): Promise<FaultOutcome> {
    const { stack, emit } = context;
    try {
      const targets = await resolveTargets(stack, fault.on, fault.pick);
      const peers = fault.from === null ? [] : await resolveTargets(stack, fault.from, "all");
      const resolved = {
        id: fault.id,
        kind: fault.kind,
        targets,
        peers,
        params: fault.params,
        ttlMs: fault.ttlMs,
      };
      const started = await injectFault(resolved, fault.durationMs, {
        ...context,
        onApplying: (it) => active.push(it),
      });
      return started;
    } catch (error) {
      if (error instanceof FiredrillError && error.code.startsWith("USAGE_")) throw error;
      emit({
        kind: "fault.unconfirmed",
        fault: fault.id,
        evidence: `could not be injected: ${(error as Error).message}`,
      });
      return null;
    }
  }

  return {
    begin: () => baseline.resolve(),
    outcome: (id) => outcomes.get(id) ?? Promise.resolve(null),
    all: () => Promise.all(outcomes.values()),
    revertAll: async (by) => {
      for (const fault of active.toReversed()) await fault.revert(by);
    },
  };
}
