/** What a breaker knows about its provider: closed lets requests through, open does not, half-open lets trials through. */
export type BreakerState = "closed" | "open" | "half-open";

export interface BreakerLimits {
  /** `false`: never opens, whatever happens. For rehearsals of what that costs. */
  readonly enabled: boolean;
  /** Outcomes that count: the last so many … */
  readonly outcomes: number;
  /** … of which so many must have failed. */
  readonly failures: number;
  readonly openMs: number;
  /** Trials in a row that must succeed before it closes. */
  readonly trials: number;
}

export interface Breaker {
  /** An open breaker turns half-open by time alone. */
  state(nowMs: number): BreakerState;
  record(ok: boolean, nowMs: number): void;
}

/** Counts outcomes, not time: a provider that is asked rarely is judged by as many answers as a busy one. */
export function createBreaker(limits: BreakerLimits): Breaker {
  let outcomes: boolean[] = [];
  let openedMs: number | null = null;
  let trialsPassed = 0;

  const state = (nowMs: number): BreakerState => {
    if (openedMs === null) return "closed";
    return nowMs - openedMs >= limits.openMs ? "half-open" : "open";
  };
  const open = (nowMs: number) => {
    openedMs = nowMs;
    trialsPassed = 0;
    outcomes = [];
  };

  return {
    state,
    record(ok, nowMs) {
      if (!limits.enabled) return;
      switch (state(nowMs)) {
        case "closed":
          outcomes = [...outcomes, ok].slice(-limits.outcomes);
          if (outcomes.filter((it) => !it).length >= limits.failures) open(nowMs);
          return;
        case "half-open":
          if (!ok) return open(nowMs);
          trialsPassed += 1;
          if (trialsPassed >= limits.trials) openedMs = null;
          return;
        // The answer to a request that was sent before it opened: it changes nothing.
        case "open":
      }
    },
  };
}
