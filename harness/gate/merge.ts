import type { TrialVerdict, Verdict } from "./result.ts";

/** Worst first: one failure outweighs any number of passes, and what is not known is no pass. */
const WORST_FIRST: readonly Verdict[] = ["fail", "inconclusive", "pass"];

/** fail > inconclusive > pass. Nothing at all is inconclusive. */
export function mergeVerdicts(verdicts: readonly Verdict[]): Verdict {
  return WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? "inconclusive";
}

/** The trial that a claim should name: of the worst verdict, the one with the largest figure, then the first. */
export function worstTrial(trials: readonly TrialVerdict[]): TrialVerdict | null {
  const merged = mergeVerdicts(trials.map(({ verdict }) => verdict));
  const candidates = trials.filter(({ verdict }) => verdict === merged);
  const largest = Math.max(...candidates.map(figureOf));
  return candidates.find((trial) => figureOf(trial) === largest) ?? null;
}

function figureOf({ measuredMs }: TrialVerdict): number {
  return measuredMs ?? -1;
}
