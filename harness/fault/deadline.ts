import { FiredrillError } from "../error.ts";
import type { Clock } from "../time/clock.ts";

/**
 * Waits for `work`, but not longer than `limitMs`. The work itself goes on; only the waiting ends.
 * @throws RUN_FAULT when the time is up.
 */
export async function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  what: string,
  work: Promise<T>,
): Promise<T> {
  const finished = new AbortController();
  const expiry = clock.sleep(limitMs, finished.signal).then((): never => {
    throw new FiredrillError("RUN_FAULT", `${what} took longer than ${limitMs} ms`);
  });
  // Cutting the sleep short makes the expiry throw after the race is decided; nobody needs to hear of it.
  expiry.catch(() => undefined);
  try {
    return await Promise.race([work, expiry]);
  } finally {
    finished.abort();
  }
}
