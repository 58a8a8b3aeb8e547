import type { TrialVerdict } from "../gate/result.ts";
import { formatDuration } from "../time/duration.ts";
import { firstHole, longestBelievableGapMs } from "./coverage.ts";
import type { ObservedFault, ProbeEvidence, TrialEvidence } from "./evidence.ts";
import { faultInEffect } from "./fault-in-effect.ts";
import { courseOf, earlierRecovery, type ProbeCourse } from "./probe-course.ts";
import { judgeSilence } from "./silence.ts";
import type { CriterionSpec } from "./spec.ts";
import { type Basis, verdictsOf } from "./verdict.ts";
import { count, lapseNote, probeBasis, stretch, theFault } from "./wording.ts";

type RecoverySpec = Extract<CriterionSpec, { kind: "recovery" }>;

/**
 * Is the probe good again in time, and does it stay so? The recovery that counts is the last one: from it on,
 * every answer until the end of the observation is good. So a relapse inside the time limit makes the recovery
 * later, and one outside of it is a failure however healthy the end is.
 */
export function judgeRecovery(spec: RecoverySpec, evidence: TrialEvidence): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const probe = evidence.probes.get(spec.probe);
  if (!probe) return say.inconclusive("no-data", `the plan has no probe ${spec.probe}`);
  if (evidence.control === "placebo") return judgeSilence(probe, evidence, 1);
  const { fault, verdict } = faultInEffect(spec.fault, evidence);
  if (verdict) return verdict;
  return judgeAfterFault(spec, evidence, probe, fault);
}

function judgeAfterFault(
  spec: RecoverySpec,
  evidence: TrialEvidence,
  probe: ProbeEvidence,
  fault: ObservedFault,
): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const course = courseOf(probe, evidence.faults[0] ?? fault);
  const words = wordsFor(spec, evidence, probe, fault, course);
  const { basis, missed } = words;
  const { lastBad, recovered } = course;
  const deadlineMs = fault.confirmedMs + spec.withinMs;
  const believableMs = longestBelievableGapMs(probe);
  const endMs = evidence.window.toMs;

  if (!course.samples.some(({ t }) => t >= fault.confirmedMs)) {
    return say.inconclusive("no-data", `${spec.probe} gave no answer after ${theFault(fault, evidence)}`);
  }
  if (lastBad && lastBad.t > deadlineMs) return say.fail(missed(), basis);
  if (lastBad && !recovered) {
    if (endMs < deadlineMs || endMs - lastBad.t > believableMs) {
      const claim = `${spec.probe} was still bad when it was last asked, before the limit of ${formatDuration(spec.withinMs)}`;
      return say.inconclusive("no-data", claim, basis);
    }
    return say.fail(missed(), basis);
  }
  if (lastBad && recovered && recovered.t > deadlineMs) {
    if (recovered.t - lastBad.t <= believableMs) return say.fail(missed(), basis);
    const hole = stretch({ fromMs: lastBad.t, toMs: recovered.t });
    return say.inconclusive("no-data", `${spec.probe} was not watched ${hole}`, basis);
  }
  return judgeWhetherItLasted(spec, evidence, probe, fault, course, words);
}

/** In time; now the start must have been steady, the probe watched without a hole, and the hold window complete. */
function judgeWhetherItLasted(
  spec: RecoverySpec,
  evidence: TrialEvidence,
  probe: ProbeEvidence,
  fault: ObservedFault,
  course: ProbeCourse,
  { basis, met }: Words,
): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const [unsteady] = course.badBefore;
  if (unsteady) {
    const claim = `${spec.probe} was bad at ${formatDuration(unsteady.t)} of the trial, before anything was broken`;
    return say.inconclusive("not-steady-before", claim, { ...basis, evidence: [unsteady.seq] });
  }
  const hole = firstHole(probe, { fromMs: fault.confirmedMs, toMs: evidence.window.toMs });
  if (hole) return say.inconclusive("no-data", `${spec.probe} was not watched ${stretch(hole)}`, basis);
  const goodFromMs = Math.max(fault.confirmedMs, course.recovered?.t ?? fault.confirmedMs);
  const heldMs = (course.samples.at(-1)?.t ?? goodFromMs) - goodFromMs;
  if (heldMs < spec.holdMs) {
    const claim = `${spec.probe} was good at the end, but for ${formatDuration(heldMs)} only (${formatDuration(spec.holdMs)} must be seen)`;
    return say.inconclusive("no-data", claim, basis);
  }
  return say.pass(met(), basis);
}

interface Words {
  readonly basis: Basis;
  /** The claim of a pass and of a failure. */
  readonly met: () => string;
  readonly missed: () => string;
}

function wordsFor(
  spec: RecoverySpec,
  evidence: TrialEvidence,
  probe: ProbeEvidence,
  fault: ObservedFault,
  course: ProbeCourse,
): Words {
  const { lastBad, recovered, flaps } = course;
  const sinceFault = (t: number) => formatDuration(Math.max(0, t - fault.confirmedMs));
  const samples = course.samples.length;
  const measuredMs = recovered && Math.max(0, lastBad ? recovered.t - fault.confirmedMs : 0);
  const flapped = flaps > 0 ? `, ${count(flaps, "relapse")}` : "";
  const tail = ` (limit ${formatDuration(spec.withinMs)}, ${probeBasis(probe, samples)}${flapped})${lapseNote(fault)}`;
  const after = `after ${theFault(fault, evidence)}`;
  return {
    basis: {
      samples,
      measuredMs,
      evidence: [fault.seq, lastBad?.seq, recovered?.seq, course.samples.at(-1)?.seq],
    },
    met: () =>
      lastBad === null
        ? `${spec.probe} was never interrupted${tail}`
        : `${spec.probe} was back ${formatDuration(measuredMs ?? 0)} ${after}${tail}`,
    missed: () => {
      const earlier = lastBad && earlierRecovery(course, fault.confirmedMs, spec.holdMs);
      if (lastBad && earlier) {
        return `${spec.probe} was back ${sinceFault(earlier.t)} ${after}, but bad again at ${sinceFault(lastBad.t)}${tail}`;
      }
      return recovered
        ? `${spec.probe} was back only ${formatDuration(measuredMs ?? 0)} ${after}${tail}`
        : `${spec.probe} was still bad ${sinceFault(lastBad?.t ?? fault.confirmedMs)} ${after}${tail}`;
    },
  };
}
