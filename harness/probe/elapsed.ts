import type { Clock } from "../time/clock.ts";

/** Milliseconds since `startedMs` on the same clock, to the microsecond, so that events hold no floating-point dust. */
export function elapsedMs(clock: Clock, startedMs: number): number {
  return Math.max(0, Math.round((clock.nowMs() - startedMs) * 1_000) / 1_000);
}
