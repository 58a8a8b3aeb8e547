import { achievementOf } from "../criterion/describe.ts";
import type { CriterionSpec } from "../criterion/spec.ts";
import { count } from "../criterion/wording.ts";
import { clopperPearsonLowerBound } from "../stats/binomial.ts";
import { formatDuration } from "../time/duration.ts";
import type { JudgedPlan } from "./judged-plan.ts";
import { worstTrial } from "./merge.ts";
import type { TrialVerdict } from "./result.ts";
import { FAST_TIMES_NOTE, hasFastTimes } from "./time-profile.ts";

/** Of what share of such runs the trials seen so far are a proof, one-sided. */
const CONFIDENCE = 0.95;

/**
 * What all trials together say of one criterion, with the sample size. A single trial speaks for itself;
 * several are counted, and the count comes with what it proves.
 */
export function mergedClaim(
  spec: CriterionSpec,
  plan: JudgedPlan,
  verdicts: readonly TrialVerdict[],
): string {
  const trials = verdicts.filter(({ trial }) => trial > 0);
  const worst = worstTrial(verdicts);
  if (worst === null) return "No trial was run.";
  if (trials.length < 2) return sentence(worst.claim);

  const passed = trials.filter(({ verdict }) => verdict === "pass").length;
  const achievement = achievementOf(spec, plan.control === "placebo");
  const basis = basisOf(spec, plan, trials);
  const counted = `${achievement} in ${passed} of ${trials.length} trials (${basis})${proofOf(passed, trials.length)}`;
  if (worst.verdict === "pass") return sentence(counted);
  const named = worst.trial === 0 ? worst.claim : `trial ${worst.trial}: ${worst.claim}`;
  return `${sentence(counted)} ${sentence(named)}`;
}

/** `worst 8.2 s, probe step 500 ms, 183 samples`. */
function basisOf(spec: CriterionSpec, plan: JudgedPlan, trials: readonly TrialVerdict[]): string {
  const probeId = "probe" in spec ? spec.probe : null;
  const probe = plan.scenario.probes.find(({ id }) => id === probeId);
  const samples = trials.reduce((sum, trial) => sum + trial.samples, 0);
  const parts = [
    worstFigure(spec, trials),
    hasFastTimes(plan) ? FAST_TIMES_NOTE : null,
    probe ? `probe step ${formatDuration(probe.everyMs)}` : null,
    count(samples, ...SAMPLE_UNIT[spec.kind]),
  ];
  return parts.filter((part) => part !== null).join(", ");
}

const SAMPLE_UNIT: Readonly<Record<CriterionSpec["kind"], readonly [string, string]>> = {
  recovery: ["sample", "samples"],
  detection: ["sample", "samples"],
  continuity: ["success", "successes"],
  threshold: ["sample", "samples"],
  "no-acknowledged-loss": ["operation", "operations"],
  "unique-ids": ["operation", "operations"],
  "one-leader": ["record", "records"],
  check: ["result", "results"],
  runbook: ["step", "steps"],
};

/** A trial that failed without a figure never got there: the figures of the others must not hide it. */
function worstFigure(spec: CriterionSpec, trials: readonly TrialVerdict[]): string | null {
  const figures = trials.flatMap(({ measuredMs }) => (measuredMs === null ? [] : [measuredMs]));
  const timed = spec.kind === "recovery" || spec.kind === "detection";
  if (timed && trials.some(({ verdict, measuredMs }) => verdict === "fail" && measuredMs === null))
    return "worst: never";
  const upward = spec.kind !== "threshold" || spec.direction === "at-most";
  const worst = figures.reduce((a, b) => (upward ? Math.max(a, b) : Math.min(a, b)), figures[0] ?? 0);
  return worst > 0 ? `worst ${formatDuration(worst)}` : null;
}

function proofOf(passed: number, trials: number): string {
  if (passed === 0) return "";
  const bound = clopperPearsonLowerBound(passed, trials, CONFIDENCE);
  // Cut off, not rounded: the claim must not say more than the bound.
  const percent = (Math.floor(bound * 1000) / 10).toFixed(1);
  return `; at ${CONFIDENCE * 100} % confidence at least ${percent} % of such runs`;
}

/** Ends with a full stop. The first letter stays as it is, because it may be that of a probe's name. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
