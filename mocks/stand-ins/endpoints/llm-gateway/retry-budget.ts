export interface RetryBudget {
  /** Every request pays in. */
  earn(): void;
  /** A retry takes one out; false: there is none, so the failure stands. */
  spend(): boolean;
}

/**
 * Retries as a share of requests: a bucket that each request fills by `perRequest` and each retry empties by one. When
 * everything fails, retries stop after `burst`, and the provider gets little more than its clients send.
 */
export function createRetryBudget(perRequest: number, burst: number): RetryBudget {
  let tokens = burst;
  return {
    earn: () => void (tokens = Math.min(burst, tokens + perRequest)),
    spend() {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
