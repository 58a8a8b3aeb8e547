import { formatDuration } from "../time/duration.ts";
import type { ObservedFault, ProbeEvidence, TrialEvidence, Window } from "./evidence.ts";

/** `1 sample`, `61 samples`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}

/** Sample size and resolution of a claim about a probe: `probe step 500 ms, 61 samples`. */
export function probeBasis({ everyMs }: ProbeEvidence, samples: number): string {
  return `probe step ${formatDuration(everyMs)}, ${count(samples, "sample")}`;
}

/** How a fault is called in a sentence: by its name only where there are several. */
export function theFault(fault: ObservedFault, evidence: TrialEvidence): string {
  return evidence.faults.length > 1 ? `fault ${fault.id}` : "the fault";
}

/** `between 12 s and 31.5 s`, on the trial's clock. */
export function stretch({ fromMs, toMs }: Window): string {
  return `between ${formatDuration(fromMs)} and ${formatDuration(toMs)} of the trial`;
}

/** Stated in the claim of every criterion that counts from a fault which had to be applied again. */
export function lapseNote(fault: ObservedFault): string {
  const times = fault.lapses.length;
  if (times === 0) return "";
  return `; the fault lapsed and was applied again ${times === 1 ? "once" : `${times} times`}`;
}
