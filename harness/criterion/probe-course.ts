import type { ObservedFault, ProbeEvidence, Sample } from "./evidence.ts";

/** How a probe fared from the first fault of the trial on, as recovery sees it. */
export interface ProbeCourse {
  /** Before anything was broken, but after the steady start. */
  readonly badBefore: readonly Sample[];
  /** From the instant the first injection began; all later samples are in here. */
  readonly samples: readonly Sample[];
  /** The last bad answer; null: never interrupted. */
  readonly lastBad: Sample | null;
  /** The good answer after which none was bad: the upper end of the interval in which recovery happened. */
  readonly recovered: Sample | null;
  /** How often it turned bad after it had first turned bad. */
  readonly flaps: number;
}

export function courseOf(probe: ProbeEvidence, firstFault: ObservedFault): ProbeCourse {
  const samples = probe.samples.filter(({ t }) => t >= firstFault.begunMs);
  const lastBadAt = samples.findLastIndex(({ ok }) => !ok);
  const turnedBad = samples.filter(({ ok }, index) => !ok && (samples[index - 1]?.ok ?? true)).length;
  return {
    badBefore: probe.samples.filter(({ ok, t }) => !ok && t < firstFault.begunMs),
    samples,
    lastBad: samples[lastBadAt] ?? null,
    recovered: samples[lastBadAt + 1] ?? null,
    flaps: Math.max(0, turnedBad - 1),
  };
}

/** The start of an earlier run of good answers before `lastBad` that lasted for `holdMs`: a recovery that did not last. */
export function earlierRecovery(course: ProbeCourse, fromMs: number, holdMs: number): Sample | null {
  let start: Sample | null = null;
  let seenBad = false;
  for (const sample of course.samples) {
    if (sample === course.lastBad) return null;
    if (!sample.ok) {
      seenBad = true;
      start = null;
      continue;
    }
    if (sample.t < fromMs) continue;
    start ??= seenBad ? sample : null;
    if (start && sample.t - start.t >= holdMs) return start;
  }
  return null;
}
