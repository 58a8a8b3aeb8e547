import type { InconclusiveReason, TrialVerdict } from "../gate/result.ts";

/** What a verdict rests on. */
export interface Basis {
  readonly samples?: number;
  readonly measuredMs?: number | null;
  /** Sequence numbers; the first {@link MAX_EVIDENCE} are kept. */
  readonly evidence?: readonly (number | undefined)[];
}

const MAX_EVIDENCE = 20;

/** Makes the verdicts of one trial. */
export function verdictsOf(trial: number) {
  return {
    pass: (claim: string, basis: Basis = {}) => make(trial, "pass", null, claim, basis),
    fail: (claim: string, basis: Basis = {}) => make(trial, "fail", null, claim, basis),
    inconclusive: (reason: InconclusiveReason, claim: string, basis: Basis = {}) =>
      make(trial, "inconclusive", reason, claim, basis),
  };
}

function make(
  trial: number,
  verdict: TrialVerdict["verdict"],
  reason: InconclusiveReason | null,
  claim: string,
  { samples = 0, measuredMs = null, evidence = [] }: Basis,
): TrialVerdict {
  const known = evidence.filter((seq) => seq !== undefined);
  return { trial, verdict, reason, claim, samples, measuredMs, evidence: known.slice(0, MAX_EVIDENCE) };
}
