import { eventsOf } from "../criterion/evidence.ts";
import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";

type Phase = EventOf<"trial.phase">["phase"];

/** One trial's part of the log, with the landmarks that tell how far it came. */
export interface TrialLog {
  readonly trial: number;
  readonly events: readonly FiredrillEvent[];
  readonly baseline: EventOf<"trial.baseline"> | null;
  /** The first time each phase was reached. */
  readonly phases: ReadonlyMap<Phase, EventOf<"trial.phase">>;
}

/** Splits a run into its trials, in the order of their numbers. Events of trial 0 are the run's own. */
export function splitTrials(events: readonly FiredrillEvent[]): TrialLog[] {
  const byTrial = Map.groupBy(events, ({ trial }) => trial);
  byTrial.delete(0);
  return [...byTrial].toSorted(([a], [b]) => a - b).map(([trial, its]) => trialLog(trial, its));
}

function trialLog(trial: number, events: readonly FiredrillEvent[]): TrialLog {
  const phases = new Map<Phase, EventOf<"trial.phase">>();
  for (const event of eventsOf(events, "trial.phase")) {
    if (!phases.has(event.phase)) phases.set(event.phase, event);
  }
  return { trial, events, baseline: eventsOf(events, "trial.baseline").at(-1) ?? null, phases };
}

/** Was the observation brought to its end before `seq`? What fails after that is clean-up. */
export function wasObservedBefore({ phases }: TrialLog, seq = Infinity): boolean {
  const verifying = phases.get("verifying")?.seq ?? Infinity;
  const undoing = phases.get("undoing")?.seq ?? Infinity;
  return verifying < seq && undoing < seq;
}
