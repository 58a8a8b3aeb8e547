import type { FaultHit, MockWorld } from "../core/mock.ts";

/** Different requests that `internalError` keeps apart; beyond them the oldest is forgotten. */
const MAX_TRIED = 10_000;

/** What the faults of the front end remember between requests. */
export interface RequestLimits {
  /** Is this request one too many in its second? */
  isTooFast(hit: FaultHit): boolean;
  /** Has this request (by name) failed fewer than `times` times? Counts a failure if so. */
  failsAgain(hit: FaultHit, name: string): boolean;
}

export function createRequestLimits({ clock }: MockWorld): RequestLimits {
  // By the fault's parameters: a fault that is put anew begins anew.
  const seconds = new WeakMap<object, { second: number; requests: number }>();
  const tries = new WeakMap<object, Map<string, number>>();
  return {
    isTooFast({ params }) {
      const perSec = params["perSec"];
      if (typeof perSec !== "number") return true;
      // Below one a second, the window is as long as one request may take.
      const windowMs = Math.max(1_000, 1_000 / perSec);
      const second = Math.floor(clock.nowMs() / windowMs);
      const last = seconds.get(params);
      const requests = last?.second === second ? last.requests + 1 : 1;
      seconds.set(params, { second, requests });
      return requests > Math.max(1, perSec);
    },
    failsAgain({ params }, name) {
      const times = params["times"];
      if (typeof times !== "number") return true;
      const tried = tries.get(params) ?? new Map<string, number>();
      tries.set(params, tried);
      const failed = tried.get(name) ?? 0;
      if (failed >= times) return false;
      tried.set(name, failed + 1);
      const [oldest] = tried.keys();
      if (tried.size > MAX_TRIED && oldest !== undefined) tried.delete(oldest);
      return true;
    },
  };
}
