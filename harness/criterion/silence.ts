import type { TrialVerdict } from "../gate/result.ts";
import { formatDuration } from "../time/duration.ts";
import { firstHole } from "./coverage.ts";
import type { ProbeEvidence, TrialEvidence } from "./evidence.ts";
import { verdictsOf } from "./verdict.ts";
import { probeBasis, stretch } from "./wording.ts";

/** What a placebo run demands of a probe: watched throughout, `minSamples` or more, and never bad. */
export function judgeSilence(
  probe: ProbeEvidence,
  evidence: TrialEvidence,
  minSamples: number,
): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const samples = probe.samples.length;
  const bad = probe.samples.filter(({ ok }) => !ok);
  const [first] = bad;
  if (first) {
    const at = formatDuration(first.t - evidence.window.fromMs);
    const claim = `${probe.id} turned bad ${at} after the steady start although nothing was broken (${bad.length} of ${samples} samples)`;
    return say.fail(claim, { samples, evidence: bad.map(({ seq }) => seq) });
  }
  if (samples < minSamples) {
    const claim = `${probe.id} was asked only ${samples} times (at least ${minSamples} are needed)`;
    return say.inconclusive("no-data", claim, { samples });
  }
  const hole = firstHole(probe, evidence.window);
  if (hole) {
    return say.inconclusive("no-data", `${probe.id} was not watched ${stretch(hole)}`, { samples });
  }
  const watchedMs = evidence.window.toMs - evidence.window.fromMs;
  const claim = `${probe.id} stayed good for ${formatDuration(watchedMs)} without a fault (${probeBasis(probe, samples)})`;
  return say.pass(claim, { samples, evidence: [probe.samples[0]?.seq, probe.samples.at(-1)?.seq] });
}
