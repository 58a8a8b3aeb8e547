import type { Judgement, TrialVerdict } from "../../gate/result.ts";
import { formatDuration } from "../../time/duration.ts";
import { type Gap, longestGap } from "../gap.ts";
import type { CriterionView, PlanView } from "../plan-view.ts";
import type { TrialView } from "../trial-view.ts";
import { VERDICT_MARKS } from "../words.ts";

/** A time limit beside what was measured, ready to be drawn. */
export interface CriterionRow {
  readonly verdict: TrialVerdict["verdict"];
  readonly text: string;
  /** What the bracket spans; null: nothing was measured. `open`: it had not ended when the recording did. */
  readonly bracket: { readonly fromMs: number; readonly toMs: number; readonly open: boolean } | null;
  readonly deadlineMs: number | null;
}

/** The criteria with a time limit on one probe or workload of this trial. */
export function criterionRows(
  of: string,
  view: TrialView,
  plan: PlanView,
  judgement: Judgement,
): CriterionRow[] {
  const fast = plan.tier === "k3d" && plan.scenario.kubernetesTimes === "fast";
  return plan.scenario.criteria.flatMap((spec) => {
    const about = "probe" in spec ? spec.probe : "of" in spec ? spec.of : null;
    const result = judgement.criteria.find(({ id }) => id === spec.id);
    const verdict = result?.trials.find(({ trial }) => trial === view.trial);
    if (about !== of || verdict === undefined) return [];
    return [row(spec, verdict, view, fast ? " (fast times)" : "")];
  });
}

/** @param times stands beside every figure that was measured with Kubernetes' time limits shortened */
function row(spec: CriterionView, verdict: TrialVerdict, view: TrialView, times: string): CriterionRow {
  const measured = verdict.measuredMs === null ? null : formatDuration(verdict.measuredMs) + times;
  const head = `${VERDICT_MARKS[verdict.verdict]} ${spec.id}:`;
  const base = { verdict: verdict.verdict };
  if (verdict.verdict === "inconclusive") {
    return { ...base, text: `${head} not decided`, bracket: null, deadlineMs: null };
  }
  if (spec.kind === "continuity") {
    const gap = gapOf(spec.of, verdict, view);
    const text = `${head} ${measured === null ? verdict.verdict : `longest gap ${measured}`}, limit ${formatDuration(spec.maxGapMs)}`;
    const bracket = gap === null ? null : { ...gap, open: false };
    return { ...base, text, bracket, deadlineMs: gap === null ? null : gap.fromMs + spec.maxGapMs };
  }
  if (spec.kind !== "recovery" && spec.kind !== "detection") {
    return { ...base, text: `${head} ${verdict.verdict}`, bracket: null, deadlineMs: null };
  }
  const faultMs = faultTime(spec.fault, view);
  if (faultMs === null) {
    return { ...base, text: `${head} ${UNMEASURED[verdict.verdict]}`, bracket: null, deadlineMs: null };
  }
  const [done, never] =
    spec.kind === "recovery" ? ["back after", "not back"] : ["noticed after", "not noticed"];
  const what =
    measured === null ? never : verdict.measuredMs === 0 ? "never interrupted" : `${done} ${measured}`;
  const toMs = verdict.measuredMs === null ? view.toMs : faultMs + verdict.measuredMs;
  const bracket = { fromMs: faultMs, toMs, open: verdict.measuredMs === null };
  const text = `${head} ${what}, limit ${formatDuration(spec.withinMs)}`;
  return { ...base, text, bracket, deadlineMs: faultMs + spec.withinMs };
}

/** Without a fault there is no time to draw: a placebo run asks only whether the probe stayed silent. */
const UNMEASURED = {
  pass: "silent, as it must be",
  fail: "not silent",
} as const;

/** When the fault that a limit counts from was confirmed: the named one, else the last. */
function faultTime(id: string | null, { faults }: TrialView): number | null {
  const fault =
    id === null
      ? faults.findLast(({ confirmedMs }) => confirmedMs !== null)
      : faults.find((it) => it.id === id);
  return fault?.confirmedMs ?? null;
}

/** The gap that the judge measured, if both of its ends are successes; else the longest one that is drawn here. */
function gapOf(id: string, { evidence }: TrialVerdict, view: TrialView): Gap | null {
  const ends = view.events.filter(({ seq }) => evidence.includes(seq)).map(({ t }) => t);
  const [fromMs, toMs] = ends;
  if (fromMs !== undefined && toMs !== undefined) return { fromMs, toMs };
  const workload = view.workloads.find((it) => it.id === id);
  if (workload !== undefined) return workload.longestGap;
  const probe = view.probes.find((it) => it.id === id);
  return longestGap((probe?.samples ?? []).filter(({ ok }) => ok).map(({ t }) => t));
}
