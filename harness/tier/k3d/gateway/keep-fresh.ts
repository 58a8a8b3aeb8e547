import type { Clock } from "../../../time/clock.ts";

export interface Fresh {
  /** Something has changed: the work is done soon, once for all calls until then. */
  wake(): void;
  /** Resolves when the signal was aborted and nothing is being done any more. */
  readonly ended: Promise<void>;
}

/** Changes come in bursts. */
const GATHER_MS = 50;
const AFTER_FAILURE_MS = 1_000;

/** Does the work after every change, never twice at once; after a failure again, one second apart, until `signal` is aborted. */
export function keepFresh(work: () => Promise<void>, clock: Clock, signal: AbortSignal): Fresh {
  let waking = Promise.withResolvers<void>();
  const wake = () => waking.resolve();
  signal.addEventListener("abort", wake, { once: true });
  const loop = async () => {
    while (!signal.aborted) {
      await waking.promise;
      await clock.sleep(GATHER_MS, signal);
      if (signal.aborted) return;
      waking = Promise.withResolvers<void>();
      try {
        await work();
      } catch {
        // Whoever needs the result sees that it is old; there may be nobody to ask just now.
        await clock.sleep(AFTER_FAILURE_MS, signal);
        wake();
      }
    }
  };
  return { wake, ended: loop() };
}

/** Calls wait for each other, so that what a later one has seen is never overwritten by an earlier one. */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}
