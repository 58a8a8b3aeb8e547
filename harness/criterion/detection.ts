import type { TrialVerdict } from "../gate/result.ts";
import { formatDuration } from "../time/duration.ts";
import { firstHole } from "./coverage.ts";
import type { ObservedFault, ProbeEvidence, TrialEvidence } from "./evidence.ts";
import { faultInEffect } from "./fault-in-effect.ts";
import { judgeSilence } from "./silence.ts";
import type { CriterionSpec } from "./spec.ts";
import { verdictsOf } from "./verdict.ts";
import { lapseNote, probeBasis, stretch, theFault } from "./wording.ts";

type DetectionSpec = Extract<CriterionSpec, { kind: "detection" }>;

/** Fewer answers than this don't show that a detector is silent. */
const MIN_SILENT_SAMPLES = 10;

/** Does the probe turn bad in time after the fault, and not before? In a placebo run: does it stay silent? */
export function judgeDetection(spec: DetectionSpec, evidence: TrialEvidence): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const probe = evidence.probes.get(spec.probe);
  if (!probe) return say.inconclusive("no-data", `the plan has no probe ${spec.probe}`);
  if (evidence.control === "placebo") return judgeSilence(probe, evidence, MIN_SILENT_SAMPLES);
  const { fault, verdict } = faultInEffect(spec.fault, evidence);
  if (verdict) return verdict;

  const firstBegunMs = Math.min(...evidence.faults.map(({ begunMs }) => begunMs));
  const early = probe.samples.find(({ ok, t }) => !ok && t < firstBegunMs);
  if (early) {
    const claim = `${spec.probe} fired before the fault: it was bad ${formatDuration(firstBegunMs - early.t)} earlier`;
    return say.fail(claim, { samples: probe.samples.length, evidence: [early.seq, fault.seq] });
  }
  return judgeAlarm(spec, evidence, probe, fault);
}

function judgeAlarm(
  spec: DetectionSpec,
  evidence: TrialEvidence,
  probe: ProbeEvidence,
  fault: ObservedFault,
): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const watched = probe.samples.filter(({ t }) => t >= fault.begunMs);
  // An effect may be felt before the injector has confirmed it: that counts as noticed at once.
  const alarm = watched.find(({ ok }) => !ok);
  const measuredMs = alarm ? Math.max(0, alarm.t - fault.confirmedMs) : null;
  const basis = { samples: watched.length, measuredMs, evidence: [fault.seq, alarm?.seq] };
  const after = `after ${theFault(fault, evidence)}`;
  const tail = ` (limit ${formatDuration(spec.withinMs)}, ${probeBasis(probe, watched.length)})${lapseNote(fault)}`;

  if (measuredMs !== null && measuredMs <= spec.withinMs) {
    return say.pass(`${spec.probe} turned bad ${formatDuration(measuredMs)} ${after}${tail}`, basis);
  }
  const deadlineMs = fault.confirmedMs + spec.withinMs;
  if (evidence.window.toMs < deadlineMs) {
    const claim = `${spec.probe} had not turned bad when the observation ended, before the limit of ${formatDuration(spec.withinMs)}`;
    return say.inconclusive("no-data", claim, basis);
  }
  const hole = firstHole(probe, { fromMs: fault.confirmedMs, toMs: deadlineMs });
  if (hole) return say.inconclusive("no-data", `${spec.probe} was not watched ${stretch(hole)}`, basis);
  const claim =
    measuredMs === null
      ? `undetected: ${spec.probe} never turned bad ${after}${tail}`
      : `undetected in time: ${spec.probe} turned bad only ${formatDuration(measuredMs)} ${after}${tail}`;
  return say.fail(claim, basis);
}
