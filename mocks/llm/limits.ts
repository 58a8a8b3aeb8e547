import type { FaultSubject, MockWorld } from "../core/mock.ts";
import { createBucket } from "./buckets.ts";
import type { Bucket } from "./buckets.ts";
import { refuse } from "./failure.ts";
import type { Limits } from "./settings.ts";

/** More keys than this and the oldest is forgotten: a client may invent keys. */
const MAX_KEYS = 10_000;
const MINUTE_MS = 60_000;
/** Ours: a ramp is only judged above so many requests a minute. */
const RAMP_FLOOR = 10;

/** The buckets of one key, full at first sight. */
export interface KeyBuckets {
  readonly requests: Bucket;
  /** OpenAI counts both directions in one. */
  readonly tokens: Bucket;
  readonly input: Bucket;
  readonly output: Bucket;
}

export interface RateLimits {
  /** The buckets that count for this request: a `rate.bucket` fault has its own. */
  of(key: string, subject: FaultSubject): KeyBuckets;
  /** @throws ApiError `ramp` when a `rate.ramp` fault stands and this minute grew too fast. */
  watchRamp(key: string, subject: FaultSubject): void;
}

export function createRateLimits({ clock, faults }: MockWorld, limits: Limits): RateLimits {
  const keys = new Map<string, KeyBuckets>();
  const recent = new Map<string, number[]>();
  return {
    of(key, subject) {
      const fault = faults.standing("rate.bucket", subject);
      const name = fault === null ? key : `${fault.id}\u0000${key}`;
      let buckets = keys.get(name);
      if (buckets === undefined) {
        buckets = fullBuckets({ ...limits, ...fault?.params }, clock.nowMs());
        keys.set(name, buckets);
        if (keys.size > MAX_KEYS) keys.delete(keys.keys().next().value ?? "");
      }
      return buckets;
    },
    watchRamp(key, subject) {
      const fault = faults.standing("rate.ramp", subject);
      if (fault === null) return;
      const nowMs = clock.nowMs();
      const times = (recent.get(key) ?? []).filter((atMs) => atMs > nowMs - 2 * MINUTE_MS);
      times.push(nowMs);
      recent.set(key, times);
      const now = times.filter((atMs) => atMs > nowMs - MINUTE_MS).length;
      const before = Math.max(RAMP_FLOOR, times.length - now);
      if (now <= before * (1 + Number(fault.params["maxGrowthPerMin"]))) return;
      faults.take("rate.ramp", subject);
      refuse("ramp", { retryAfterMs: MINUTE_MS });
    },
  };
}

function fullBuckets({ rpm, tpm, itpm, otpm }: Limits, nowMs: number): KeyBuckets {
  return {
    requests: createBucket(rpm, nowMs),
    tokens: createBucket(tpm, nowMs),
    input: createBucket(itpm, nowMs),
    output: createBucket(otpm, nowMs),
  };
}
