import type { FaultSubject, MockWorld } from "../../core/mock.ts";
import { RpcError } from "./errors.ts";

/** What stands before every method: delays, errors and a rate limit. @throws RpcError */
export type Gate = (subject: FaultSubject, signal: AbortSignal) => Promise<void>;

export function createGate({ faults, clock }: MockWorld): Gate {
  const bucket = { tokens: 0, atMs: -Infinity };

  /** Refills all the time; holds a second's worth. */
  const allowed = (perSecond: number) => {
    const now = clock.nowMs();
    const most = Math.max(1, perSecond);
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.atMs) / 1_000) * perSecond);
    bucket.atMs = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };

  return async (subject, signal) => {
    const limit = faults.standing("rateLimit", subject);
    if (limit !== null && !allowed(Number(limit.params["reqPerSec"]))) {
      faults.take("rateLimit", subject);
      throw new RpcError(Number(limit.params["code"]), String(limit.params["message"]));
    }
    const late = faults.take("rpc.timeout", subject);
    if (late !== null) await clock.sleep(Number(late.params["ms"]), signal);
    const broken = faults.take("rpc.error", subject);
    if (broken === null) return;
    const { code, message, data } = broken.params;
    throw new RpcError(Number(code), String(message), data === undefined ? undefined : String(data));
  };
}
