import type { TrialVerdict } from "../gate/result.ts";
import { faultCountedFrom, type ObservedFault, type TrialEvidence } from "./evidence.ts";
import { verdictsOf } from "./verdict.ts";

export type FaultInEffect =
  | { readonly fault: ObservedFault; readonly verdict: null }
  | { readonly fault: null; readonly verdict: TrialVerdict };

/** The fault that a criterion's time counts from, or the verdict when it wasn't there or went away by itself. */
export function faultInEffect(name: string | null, evidence: TrialEvidence): FaultInEffect {
  const say = verdictsOf(evidence.trial);
  const fault = faultCountedFrom(name, evidence);
  if (fault === null) {
    const claim = name === null ? "there was no fault to count from" : `fault ${name} was not observed`;
    return { fault: null, verdict: say.inconclusive("fault-not-observed", claim) };
  }
  const lapse = fault.lapses.find(({ reapplied }) => !reapplied);
  if (lapse) {
    const claim = `fault ${fault.id} ended before its time and was not applied again: ${lapse.evidence}`;
    return {
      fault: null,
      verdict: say.inconclusive("fault-not-observed", claim, { evidence: [fault.seq, lapse.seq] }),
    };
  }
  return { fault, verdict: null };
}
