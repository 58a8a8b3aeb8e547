import type { TrialVerdict } from "../gate/result.ts";
import { formatDuration } from "../time/duration.ts";
import type { RunbookEvidence, TrialEvidence } from "./evidence.ts";
import type { CriterionSpec } from "./spec.ts";
import { type Basis, verdictsOf } from "./verdict.ts";
import { count } from "./wording.ts";

type RunbookSpec = Extract<CriterionSpec, { kind: "runbook" }>;

/** Was the runbook begun, did every step end well and every expectation come true? In a placebo run: was it left alone? */
export function judgeRunbook(spec: RunbookSpec, evidence: TrialEvidence): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const { runbook } = evidence;
  const { started, steps, expectations } = runbook;
  if (evidence.control === "placebo") {
    return started
      ? say.fail(`the runbook was started although nothing was broken: ${started.because}`, {
          evidence: [started.seq],
        })
      : say.pass("the runbook was not started, as nothing was broken");
  }
  if (!started)
    return say.fail(whyNeverStarted(evidence), { evidence: runbook.endings.map(({ seq }) => seq) });

  const end = runbook.endings.at(-1);
  const tookMs = end ? Math.max(0, end.t - started.t) : null;
  const basis = { samples: steps.length, measuredMs: tookMs };
  const fault = firstFault(runbook);
  if (fault) return say.fail(fault.claim, { ...basis, evidence: [started.seq, ...fault.evidence] });
  const open = firstOpenEnd(runbook);
  if (open !== null) {
    return say.inconclusive("interrupted", open, { ...basis, evidence: [started.seq] });
  }
  const claim = `${spec.runbook}: ${count(steps.length, "step")} done and ${count(expectations.length, "expectation")} met in ${formatDuration(tookMs ?? 0)}`;
  const seqs = [...steps, ...expectations].map(({ seq }) => seq);
  return say.pass(claim, { ...basis, evidence: [started.seq, end?.seq, ...seqs] });
}

function whyNeverStarted({ runbook, probes }: TrialEvidence): string {
  const { startsOn } = runbook;
  if (startsOn === null) return "the runbook was never started";
  const turnedBad = probes.get(startsOn)?.samples.some(({ ok }) => !ok) ?? false;
  return turnedBad
    ? `the runbook was never started, although ${startsOn} turned bad`
    : `the runbook was never started: ${startsOn} did not turn bad`;
}

type Finding = { readonly claim: string } & Required<Pick<Basis, "evidence">>;

function firstFault({ steps, expectations, endings }: RunbookEvidence): Finding | null {
  const step = steps.find(({ outcome }) => outcome === "failed" || outcome === "timeout");
  if (step) {
    const how =
      step.outcome === "timeout" ? "ran out of time" : `failed with exit code ${step.exitCode ?? "unknown"}`;
    const claim = `step ${step.step} of the runbook ${how} after ${formatDuration(step.durationMs)}`;
    return { claim, evidence: [step.seq] };
  }
  const unmet = expectations.find(({ met }) => !met);
  if (unmet) {
    const claim = `step ${unmet.step} of the runbook expected: ${unmet.expectation}; but ${unmet.detail}`;
    return { claim, evidence: [unmet.seq] };
  }
  const failed = endings.find(({ outcome }) => outcome !== "done");
  return failed ? { claim: `the runbook failed: ${failed.detail}`, evidence: [failed.seq] } : null;
}

/** What was begun and not brought to its end: it was cut off, which is nobody's failure. */
function firstOpenEnd({ steps, stepsBegun, endings }: RunbookEvidence): string | null {
  const interrupted = steps.find(({ outcome }) => outcome === "interrupted");
  if (interrupted) return `step ${interrupted.step} of the runbook was interrupted`;
  const ended = new Set(steps.map(({ step }) => step));
  const open = stepsBegun.find(({ step }) => !ended.has(step));
  if (open) return `step ${open.step} of the runbook did not end while the trial was watched`;
  if (endings.length === 0) return "the runbook did not end while the trial was watched";
  return steps.length === 0 ? "the runbook ended without a single step" : null;
}
