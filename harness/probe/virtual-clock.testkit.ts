import type { Clock } from "../time/clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Real seconds after which a test that makes no progress in virtual time is given up. */
const STALL_MS = 20_000;

/** A clock that stands still until a test moves it. Timers with the same due time wake in the order of `sleep`. */
export class VirtualClock implements Clock {
  private readonly timers = new Set<Timer>();
  private currentMs = 0;
  private busy = 0;

  nowMs(): number {
    return this.currentMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        this.timers.delete(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer: Timer = { dueMs: this.currentMs + ms, wake };
      this.timers.add(timer);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /** Sleeps that have not ended: a test of clean-up expects 0. */
  get pending(): number {
    return this.timers.size;
  }

  /** Time stands still while `work`, which happens outside of virtual time, goes on. */
  async whileBusy<T>(work: () => Promise<T>): Promise<T> {
    this.busy += 1;
    try {
      return await work();
    } finally {
      this.busy -= 1;
    }
  }

  /** Lets `ms` pass, with everything that happens in it. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.currentMs + ms;
    await this.settle();
    for (let next = this.next(); next !== undefined && next.dueMs <= untilMs; next = this.next()) {
      await this.fire(next);
    }
    this.currentMs = untilMs;
  }

  /** Lets time pass until `promise` is settled, and returns its value. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const settled = new AbortController();
    const settle = () => settled.abort();
    promise.then(settle, settle);
    await this.settle();
    while (!settled.signal.aborted) {
      const next = this.next();
      if (next === undefined) throw new Error("nothing is left to happen, and the promise is still open");
      await this.fire(next);
    }
    return promise;
  }

  private next(): Timer | undefined {
    return [...this.timers].toSorted((a, b) => a.dueMs - b.dueMs)[0];
  }

  private async fire(timer: Timer): Promise<void> {
    this.currentMs = Math.max(this.currentMs, timer.dueMs);
    timer.wake();
    await this.settle();
  }

  /** Lets every promise reaction run that is ready, and waits for work outside of virtual time. */
  private async settle(): Promise<void> {
    const startedMs = performance.now();
    do {
      await new Promise((resolve) => setImmediate(resolve));
      if (performance.now() - startedMs > STALL_MS)
        throw new Error("work outside of virtual time does not end");
    } while (this.busy > 0);
  }
}
