/** How one request ended. */
export interface Outcome {
  readonly from: "primary" | "fallback" | "cache" | "refused";
  readonly retries: number;
}

export interface Traffic {
  add(outcome: Outcome, nowMs: number): void;
  /** Shares of the requests that ended in the last `windowMs`; all 0 when there were none. */
  shares(nowMs: number): Readonly<Record<"errorRate" | "retryRate" | "fallbackShare" | "cacheShare", number>>;
}

/** More requests than this in one window are not looked at. */
const MAX_KEPT = 10_000;

export function createTraffic(windowMs: number): Traffic {
  let kept: { readonly atMs: number; readonly outcome: Outcome }[] = [];
  return {
    add: (outcome, atMs) => void (kept = [...kept.slice(1 - MAX_KEPT), { atMs, outcome }]),
    shares(nowMs) {
      kept = kept.filter(({ atMs }) => nowMs - atMs <= windowMs);
      const share = (count: (outcome: Outcome) => number) => {
        const sum = kept.reduce((total, { outcome }) => total + count(outcome), 0);
        return kept.length === 0 ? 0 : Math.round((1_000 * sum) / kept.length) / 1_000;
      };
      return {
        errorRate: share(({ from }) => Number(from === "refused")),
        retryRate: share(({ retries }) => retries),
        fallbackShare: share(({ from }) => Number(from === "fallback")),
        cacheShare: share(({ from }) => Number(from === "cache")),
      };
    },
  };
}
