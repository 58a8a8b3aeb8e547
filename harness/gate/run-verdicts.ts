import { verdictsOf } from "../criterion/verdict.ts";
import { count } from "../criterion/wording.ts";
import type { FiredrillEvent } from "../events/vocabulary.ts";
import type { JudgedPlan } from "./judged-plan.ts";
import type { TrialVerdict } from "./result.ts";
import { isCleanUpFailure, reasonOf, type Stoppage, stops, wordStoppage } from "./stoppages.ts";
import type { TrialLog } from "./trial-log.ts";

/**
 * What is inconclusive for every criterion whatever the trials say: planned trials that never began, an interruption
 * that hit no trial (trial 0 speaks of the run), and a log from which events are missing. Never a failure, so that a
 * trial that failed stays failed.
 */
export function runVerdicts(
  plan: JudgedPlan,
  events: readonly FiredrillEvent[],
  logs: readonly TrialLog[],
  stoppages: readonly Stoppage[],
): TrialVerdict[] {
  const run = verdictsOf(0);
  const verdicts = missingTrials(plan, logs, stoppages);
  const missing = missingEvents(events);
  if (missing > 0) {
    verdicts.push(
      run.inconclusive(
        "no-data",
        `${count(missing, "event")} of the run's log ${missing === 1 ? "is" : "are"} missing`,
      ),
    );
  }
  for (const stoppage of stoppages) {
    const told = verdicts.length > 0 || logs.some((log) => stops(stoppage, log));
    if (told || isCleanUpFailure(stoppage, logs)) continue;
    verdicts.push(run.inconclusive(reasonOf(stoppage), wordStoppage(stoppage), { evidence: [stoppage.seq] }));
  }
  return verdicts;
}

function missingTrials(
  plan: JudgedPlan,
  logs: readonly TrialLog[],
  stoppages: readonly Stoppage[],
): TrialVerdict[] {
  const present = new Set(logs.map(({ trial }) => trial));
  const why = stoppages[0];
  const absent = Math.max(0, plan.trials - present.size);
  const numbers = Array.from({ length: plan.trials }, (_, index) => index + 1).filter((n) => !present.has(n));
  return numbers
    .slice(0, absent)
    .map((trial) =>
      verdictsOf(trial).inconclusive(
        why ? reasonOf(why) : "not-run",
        why ? `the trial was not begun: ${wordStoppage(why)}` : "the trial was planned, but not run",
      ),
    );
}

/** Sequence numbers run without a hole; every number that is missing was an event that could tell against a pass. */
function missingEvents(events: readonly FiredrillEvent[]): number {
  const numbers = new Set(events.map(({ seq }) => seq));
  let lowest = Infinity;
  let highest = -Infinity;
  for (const seq of numbers) {
    lowest = Math.min(lowest, seq);
    highest = Math.max(highest, seq);
  }
  return numbers.size === 0 ? 0 : highest - lowest + 1 - numbers.size;
}
