import { describeCriterion } from "../criterion/describe.ts";
import type { TrialEvidence } from "../criterion/evidence.ts";
import { indexTrial } from "../criterion/index-trial.ts";
import { judgeCriterion } from "../criterion/judge-criterion.ts";
import type { CriterionSpec } from "../criterion/spec.ts";
import type { FiredrillEvent } from "../events/vocabulary.ts";
import { mergedClaim, sentence } from "./claim.ts";
import { controlFinding } from "./control-finding.ts";
import { countEvents } from "./counts.ts";
import { decide } from "./decide.ts";
import { guardTrial } from "./guards.ts";
import { judgeHygiene } from "./hygiene.ts";
import { type JudgedPlan, readPlan } from "./judged-plan.ts";
import { mergeVerdicts } from "./merge.ts";
import type { CriterionResult, Judgement, TrialVerdict } from "./result.ts";
import { runVerdicts } from "./run-verdicts.ts";
import { stoppagesOf } from "./stoppages.ts";
import { noteTimes } from "./time-profile.ts";
import { splitTrials } from "./trial-log.ts";

/**
 * Judges a run from its events alone: every criterion per trial, merged worst-first, then the decision. Pure and
 * total: whatever the events are, the same events give the same judgement, now and years later.
 */
export function judgeRun(events: readonly FiredrillEvent[]): Judgement {
  const counts = countEvents(events);
  const hygiene = judgeHygiene(events);
  const { plan, problem } = readPlan(events);
  if (plan === null) {
    return { decision: "hold", reason: sentence(problem), criteria: [], control: null, hygiene, counts };
  }
  const trials = prepareTrials(plan, events);
  const criteria = demandsOf(plan).map((spec) => judgeOverTrials(spec, plan, trials));
  const { decision, reason } = decide(criteria);
  const observed = trials.flatMap(({ evidence }) => (evidence === null ? [] : [evidence]));
  return {
    decision,
    reason,
    criteria,
    control: controlFinding(plan, decision, criteria, observed),
    hygiene,
    counts,
  };
}

/** A trial whose evidence may be judged, or a verdict that already stands for every criterion. */
type PreparedTrial =
  | { readonly evidence: TrialEvidence; readonly verdict: null }
  | { readonly evidence: null; readonly verdict: TrialVerdict };

function prepareTrials(plan: JudgedPlan, events: readonly FiredrillEvent[]): PreparedTrial[] {
  const stoppages = stoppagesOf(events);
  const logs = splitTrials(events);
  const judged = logs.map((log): PreparedTrial => {
    const { window, verdict } = guardTrial(plan, log, stoppages);
    if (verdict) return { evidence: null, verdict };
    return { evidence: indexTrial(plan, log.trial, window, log.events), verdict: null };
  });
  const standing = runVerdicts(plan, events, logs, stoppages);
  return [...judged, ...standing.map((verdict): PreparedTrial => ({ evidence: null, verdict }))];
}

/** Without the runbook, nothing can be demanded of it. */
function demandsOf({ control, scenario }: JudgedPlan): CriterionSpec[] {
  return scenario.criteria.filter(({ kind }) => control !== "no-runbook" || kind !== "runbook");
}

function judgeOverTrials(
  spec: CriterionSpec,
  plan: JudgedPlan,
  prepared: readonly PreparedTrial[],
): CriterionResult {
  const trials = prepared
    .map(({ evidence, verdict }) => verdict ?? noteTimes(plan, judgeCriterion(spec, evidence)))
    .toSorted((a, b) => a.trial - b.trial);
  return {
    id: spec.id,
    kind: spec.kind,
    title: describeCriterion(spec),
    verdict: mergeVerdicts(trials.map(({ verdict }) => verdict)),
    claim: mergedClaim(spec, plan, trials),
    trials,
  };
}
