import type { TrialVerdict } from "../gate/result.ts";
import { formatDuration } from "../time/duration.ts";
import type { TrialEvidence } from "./evidence.ts";
import { judgeSilence } from "./silence.ts";
import type { CriterionSpec } from "./spec.ts";
import { verdictsOf } from "./verdict.ts";
import { count } from "./wording.ts";

type ContinuitySpec = Extract<CriterionSpec, { kind: "continuity" }>;
type Stamp = { readonly t: number; readonly seq: number };

/** How long was the longest time without a success, from the steady start to the end of the observation? */
export function judgeContinuity(spec: ContinuitySpec, evidence: TrialEvidence): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const probe = evidence.probes.get(spec.of);
  if (probe && evidence.control === "placebo") return judgeSilence(probe, evidence, 1);

  const { attempts, successes } = stampsOf(spec.of, evidence);
  if (attempts === 0) return say.inconclusive("no-data", `nothing was asked of ${spec.of}`);
  const gap = longestGap(successes, evidence);
  const basis = { samples: successes.length, measuredMs: gap.ms, evidence: gap.evidence };
  const tail = ` (limit ${formatDuration(spec.maxGapMs)}, ${count(successes.length, "success", "successes")})`;
  const claim = `the longest time without a success of ${spec.of} was ${formatDuration(gap.ms)}${tail}`;
  if (gap.ms > spec.maxGapMs) return say.fail(claim, basis);
  if (successes.length === 0) {
    return say.inconclusive(
      "no-data",
      `${spec.of} never succeeded, and was not watched for long enough`,
      basis,
    );
  }
  return say.pass(claim, basis);
}

function stampsOf(of: string, evidence: TrialEvidence): { attempts: number; successes: readonly Stamp[] } {
  const { fromMs, toMs } = evidence.window;
  const probe = evidence.probes.get(of);
  if (probe) return { attempts: probe.samples.length, successes: probe.samples.filter(({ ok }) => ok) };
  const workload = evidence.workloads.get(of);
  if (!workload) return { attempts: 0, successes: [] };
  const inWindow = ({ t }: Stamp) => t >= fromMs && t <= toMs;
  const successes = workload.acknowledged.filter(inWindow);
  return { attempts: successes.length + workload.unsuccessful.filter(inWindow).length, successes };
}

function longestGap(
  successes: readonly Stamp[],
  { window }: TrialEvidence,
): { ms: number; evidence: number[] } {
  let longest = { ms: -1, evidence: [] as number[] };
  let before: { t: number; seq: number | null } = { t: window.fromMs, seq: null };
  for (const success of [...successes, { t: window.toMs, seq: null }]) {
    const ms = success.t - before.t;
    if (ms > longest.ms) longest = { ms, evidence: [before.seq, success.seq].filter((seq) => seq !== null) };
    before = success;
  }
  return { ms: Math.max(0, longest.ms), evidence: longest.evidence };
}
