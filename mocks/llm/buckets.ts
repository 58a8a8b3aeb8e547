const MINUTE_MS = 60_000;

/** A token bucket that refills all the time: what providers count requests and tokens with. */
export interface Bucket {
  readonly limit: number;
  /** Whole units left now. */
  remaining(nowMs: number): number;
  /** When the bucket is full again. */
  fullInMs(nowMs: number): number;
  /** 0: taken. Else nothing was taken, and so long it would have to wait. */
  take(amount: number, nowMs: number): number;
  /** Takes without asking; the level may fall below zero, and then it takes longer to come back. */
  spend(amount: number, nowMs: number): void;
}

/** @param limit per minute, and at most so many at once. */
export function createBucket(limit: number, startMs: number): Bucket {
  let level = limit;
  let atMs = startMs;
  const perMs = limit / MINUTE_MS;
  const refill = (nowMs: number) => {
    level = Math.min(limit, level + Math.max(0, nowMs - atMs) * perMs);
    atMs = Math.max(atMs, nowMs);
  };
  return {
    limit,
    remaining(nowMs) {
      refill(nowMs);
      return Math.max(0, Math.floor(level));
    },
    fullInMs(nowMs) {
      refill(nowMs);
      return (limit - level) / perMs;
    },
    take(amount, nowMs) {
      refill(nowMs);
      // What never fits waits as long as a full bucket takes.
      const missing = Math.min(amount, limit) - level;
      if (missing > 0) return missing / perMs;
      level -= amount;
      return 0;
    },
    spend(amount, nowMs) {
      refill(nowMs);
      level -= amount;
    },
  };
}
