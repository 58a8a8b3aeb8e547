import type { Clock } from "../time/clock.ts";
import { withDeadline } from "./deadline.ts";
import type { Confirmation, PreparedFault } from "./injector.ts";

/** How long an effect may take to show; later it counts as not there. */
export const CONFIRM_LIMIT_MS = 15_000;
/** How often it is asked for until then. */
const CONFIRM_EVERY_MS = 100;

/** Asks until the effect shows, the time is up, or the signal is aborted. Never throws: a failed question is a no. */
export async function confirmWithin(
  prepared: PreparedFault,
  clock: Clock,
  signal: AbortSignal,
): Promise<Confirmation> {
  const endMs = clock.nowMs() + CONFIRM_LIMIT_MS;
  for (;;) {
    const remainingMs = Math.max(1, endMs - clock.nowMs());
    const answer = await askOnce(prepared, clock, remainingMs);
    if (answer.confirmed) return answer;
    if (signal.aborted) return { confirmed: false, evidence: `interrupted; last seen: ${answer.evidence}` };
    if (clock.nowMs() >= endMs) {
      return {
        confirmed: false,
        evidence: `not seen within ${CONFIRM_LIMIT_MS / 1_000} s: ${answer.evidence}`,
      };
    }
    await clock.sleep(CONFIRM_EVERY_MS, signal);
  }
}

/** One look at the effect. Never throws. */
export async function askOnce(
  prepared: PreparedFault,
  clock: Clock,
  limitMs = CONFIRM_LIMIT_MS,
): Promise<Confirmation> {
  try {
    return await withDeadline(clock, limitMs, "reading the effect", prepared.confirm());
  } catch (error) {
    return {
      confirmed: false,
      evidence: `the effect could not be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
