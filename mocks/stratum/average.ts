/** A rate per second that forgets: what happened `seconds` ago counts 1/e. */
export interface Average {
  /** Takes `amount`, which came at `nowMs`. */
  add(amount: number, nowMs: number): void;
  /** Per second, as of `nowMs`. */
  at(nowMs: number): number;
  /** The same without the long start from nothing: as if it had always been as since `sinceMs`. */
  fairAt(nowMs: number, sinceMs: number): number;
}

export function createAverage(seconds: number): Average {
  let rate = 0;
  let lastMs = 0;
  const passed = (fromMs: number, nowMs: number) => Math.max(0, nowMs - fromMs) / 1_000 / seconds;
  const at = (nowMs: number) => rate * Math.exp(-passed(lastMs, nowMs));
  return {
    add(amount, nowMs) {
      rate = at(nowMs) + amount / seconds;
      lastMs = nowMs;
    },
    at,
    fairAt(nowMs, sinceMs) {
      // The least time that counts is a millisecond.
      const grown = -Math.expm1(-Math.max(passed(sinceMs, nowMs), 1e-3 / seconds));
      return at(nowMs) / grown;
    },
  };
}
