import type { ProbeEvidence, Window } from "./evidence.ts";

/** So many questions in a row may be late before nobody knows what happened in between. */
const STEPS_ALLOWED = 5;

/** The longest silence of a probe, in ms, across which its last answer may still be believed. */
export function longestBelievableGapMs({ everyMs, timeoutMs }: ProbeEvidence): number {
  return STEPS_ALLOWED * everyMs + timeoutMs;
}

/** The first stretch of `window` in which the probe was silent for too long to be believed; null: it was watched throughout. */
export function firstHole(probe: ProbeEvidence, window: Window): Window | null {
  const limitMs = longestBelievableGapMs(probe);
  const inside = probe.samples.map(({ t }) => t).filter((t) => t > window.fromMs && t < window.toMs);
  let fromMs = window.fromMs;
  for (const toMs of [...inside, window.toMs]) {
    if (toMs - fromMs > limitMs) return { fromMs, toMs };
    fromMs = toMs;
  }
  return null;
}
