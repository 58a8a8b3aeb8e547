import type { TrialVerdict } from "../gate/result.ts";
import { nearestRank } from "../stats/quantile.ts";
import { formatDuration } from "../time/duration.ts";
import type { TrialEvidence } from "./evidence.ts";
import type { CriterionSpec } from "./spec.ts";
import { verdictsOf } from "./verdict.ts";
import { count } from "./wording.ts";

export type ThresholdSpec = Extract<CriterionSpec, { kind: "threshold" }>;

interface Measurement {
  readonly t: number;
  readonly seq: number;
  readonly value: number;
}

/**
 * Is a measured value on the right side of its limit? The quantile is counted from the good end, so that 1 is
 * always the worst value: the largest for `at-most`, the smallest for `at-least`. With `sustainedMs`,
 * single values don't matter: only an unbroken stretch of breaches that lasts so long is a failure.
 */
export function judgeThreshold(spec: ThresholdSpec, evidence: TrialEvidence): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const measured = measurementsOf(spec, evidence);
  const figure = quantileOf(spec, measured);
  if (figure === null) {
    return say.inconclusive("no-data", `no sample of ${spec.of} has the metric ${spec.metric}`);
  }
  const samples = measured.length;
  const measuredMs = spec.metric.endsWith("Ms") ? figure : null;
  const limit = `limit ${directionWord(spec)} ${formatFigure(spec, spec.limit)}, ${count(samples, "sample")}`;
  const found = `${quantileName(spec)} of ${spec.of} ${spec.metric} was ${formatFigure(spec, figure)}`;
  if (spec.sustainedMs > 0) {
    const stretch = longestBreach(spec, measured);
    const basis = { samples, measuredMs, evidence: stretch.evidence };
    const claim = `${found}; the longest breach lasted ${formatDuration(stretch.ms)} (${limit}, for less than ${formatDuration(spec.sustainedMs)})`;
    return stretch.ms >= spec.sustainedMs ? say.fail(claim, basis) : say.pass(claim, basis);
  }
  const deciding = measured.filter(({ value }) => value === figure || breaches(spec, value));
  const claim = `${found} (${limit})`;
  const basis = { samples, measuredMs, evidence: deciding.map(({ seq }) => seq) };
  return breaches(spec, figure) ? say.fail(claim, basis) : say.pass(claim, basis);
}

/** `p95`, or `the highest` and `the lowest` for a quantile of 1. */
export function quantileName({ quantile, direction }: ThresholdSpec): string {
  if (quantile === 1) return direction === "at-most" ? "the highest" : "the lowest";
  return `p${Number((quantile * 100).toFixed(2))}`;
}

/** A figure in its unit: durations for metrics whose name ends in `Ms`. */
export function formatFigure({ metric }: ThresholdSpec, value: number): string {
  return metric.endsWith("Ms") && value >= 0 ? formatDuration(value) : String(value);
}

/** `at most`, `at least`. */
export function directionWord({ direction }: ThresholdSpec): string {
  return direction.replace("-", " ");
}

function breaches({ direction, limit }: ThresholdSpec, value: number): boolean {
  return direction === "at-most" ? value > limit : value < limit;
}

function quantileOf({ direction, quantile }: ThresholdSpec, measured: readonly Measurement[]): number | null {
  const sign = direction === "at-most" ? 1 : -1;
  const ranked = nearestRank(
    measured.map(({ value }) => sign * value),
    quantile,
  );
  return ranked === null ? null : sign * ranked;
}

function measurementsOf({ of, metric }: ThresholdSpec, evidence: TrialEvidence): Measurement[] {
  const { fromMs, toMs } = evidence.window;
  const samples = evidence.probes.get(of)?.samples ?? [];
  if (metric !== "latencyMs") {
    return samples.flatMap(({ t, seq, value: answer }) => {
      const value =
        answer !== null && typeof answer === "object" && !Array.isArray(answer) ? answer[metric] : null;
      return typeof value === "number" ? [{ t, seq, value }] : [];
    });
  }
  const operations = evidence.workloads.get(of)?.acknowledged ?? [];
  const successes = [...samples.filter(({ ok }) => ok), ...operations];
  return successes
    .filter(({ t }) => t >= fromMs && t <= toMs)
    .map(({ t, seq, latencyMs }) => ({ t, seq, value: latencyMs }));
}

function longestBreach(
  spec: ThresholdSpec,
  measured: readonly Measurement[],
): { ms: number; evidence: number[] } {
  let longest = { ms: 0, evidence: [] as number[] };
  let first: Measurement | null = null;
  for (const measurement of measured) {
    if (!breaches(spec, measurement.value)) {
      first = null;
      continue;
    }
    first ??= measurement;
    const ms = measurement.t - first.t;
    if (ms >= longest.ms) longest = { ms, evidence: [first.seq, measurement.seq] };
  }
  return longest;
}
