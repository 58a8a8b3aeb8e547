import type { ProbeEvidence, TrialEvidence } from "../criterion/evidence.ts";
import { count } from "../criterion/wording.ts";
import { formatDuration } from "../time/duration.ts";
import type { JudgedPlan } from "./judged-plan.ts";
import type { CriterionResult, Decision, Judgement } from "./result.ts";

/** What a control run has shown: in words, for the top of its report. Null in a normal run. */
export function controlFinding(
  plan: JudgedPlan,
  decision: Decision,
  criteria: readonly CriterionResult[],
  evidence: readonly TrialEvidence[],
): Judgement["control"] {
  switch (plan.control) {
    case "none":
      return null;
    case "placebo":
      return { kind: "placebo", finding: placeboFinding(plan, evidence) };
    case "no-runbook":
      return { kind: "no-runbook", finding: noRunbookFinding(decision, criteria) };
  }
}

function placeboFinding(plan: JudgedPlan, evidence: readonly TrialEvidence[]): string {
  const detectors = plan.scenario.criteria.flatMap((spec) => (spec.kind === "detection" ? [spec.probe] : []));
  // A scenario that demands no detection still has the probe that makes the operator start.
  const start = plan.scenario.runbook?.onProbe;
  const watched = new Set(detectors.length > 0 ? detectors : start === undefined ? [] : [start]);
  const probes = evidence.flatMap((trial) => [...trial.probes.values()].filter(({ id }) => watched.has(id)));
  const samples = probes.reduce((sum, probe) => sum + probe.samples.length, 0);
  if (samples === 0) return "no detector was watched: nothing is known of false alarms";

  const fired = [...new Set(probes.filter(firedOnce).map(({ id }) => id))];
  if (fired.length > 0) return `detectors fired although nothing was broken: ${fired.join(", ")}`;
  const watchedMs = evidence.reduce((sum, { window }) => sum + window.toMs - window.fromMs, 0);
  return `detectors stayed silent over ${count(samples, "sample")} in ${formatDuration(watchedMs)}`;
}

function firedOnce({ samples }: ProbeEvidence): boolean {
  return samples.some(({ ok }) => !ok);
}

function noRunbookFinding(decision: Decision, criteria: readonly CriterionResult[]): string {
  const named = (verdict: string) =>
    criteria
      .filter((it) => it.verdict === verdict)
      .map(({ id }) => id)
      .join(", ");
  switch (decision) {
    case "no-go":
      return `without the runbook the gate is NO-GO, as it must be: ${named("fail")} failed`;
    case "go":
      return "the runbook was not needed: every criterion passed without it";
    case "hold":
      return criteria.length === 0
        ? "whether the runbook is needed is not known: without it nothing is demanded"
        : `whether the runbook is needed is not known: ${named("inconclusive")} could not be decided`;
  }
}
