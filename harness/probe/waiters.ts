import type { Clock } from "../time/clock.ts";

export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** On the trial's clock; null: no limit but the signal. */
  readonly deadlineMs: number | null;
}

/** Waits for conditions on live samples: each is looked at again whenever a sample has come, and never polled. */
export class Waiters {
  private readonly waiting = new Set<Waiter>();
  private readonly closed = new AbortController();
  private failure: { readonly error: unknown } | null = null;

  /** Resolves to true as soon as the condition holds; to false at the deadline, on abort, or when waiting is over. */
  async wait(condition: () => boolean, { clock, signal, deadlineMs }: WaitOptions): Promise<boolean> {
    if (this.failure) throw this.failure.error;
    if (condition()) return true;
    if (signal.aborted || this.closed.signal.aborted) return false;
    const done = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const waiter: Waiter = { look: () => condition() && resolve(true), fail: reject };
    const giveUp = () => resolve(condition());
    this.waiting.add(waiter);
    signal.addEventListener("abort", giveUp, { once: true, signal: done.signal });
    this.closed.signal.addEventListener("abort", giveUp, { once: true, signal: done.signal });
    if (deadlineMs !== null) {
      void clock.sleep(Math.max(0, Math.ceil(deadlineMs - clock.nowMs())), done.signal).then(giveUp);
    }
    try {
      return await promise;
    } finally {
      this.waiting.delete(waiter);
      done.abort();
    }
  }

  /** Something has changed. */
  look(): void {
    for (const waiter of this.waiting) waiter.look();
  }

  /** Nothing will change any more: everybody gets the answer as it stands. */
  close(): void {
    this.closed.abort();
  }

  /** The harness itself failed: an answer would be a guess, so everybody who waits gets the error. */
  fail(error: unknown): void {
    this.failure ??= { error };
    for (const waiter of this.waiting) waiter.fail(error);
  }

  /** @throws what `fail` was told. */
  rethrow(): void {
    if (this.failure) throw this.failure.error;
  }
}

interface Waiter {
  look(): void;
  fail(error: unknown): void;
}
