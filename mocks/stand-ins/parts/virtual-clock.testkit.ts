import type { Clock } from "../../../harness/time/clock.ts";

/** Time that passes only when a test says so, event by event. */
export interface VirtualTime {
  nowMs(): number;
  /** A clock whose sleepers are never woken once `alive` is false. */
  clock(alive: () => boolean): Clock;
  /** Lets this much time pass, with everything that is due in it. */
  advance(ms: number): Promise<void>;
}

/** More events than this in one call is a loop without time in it. */
const MAX_EVENTS = 500_000;

/** Every promise that can go on without time has gone on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

export function virtualTime(): VirtualTime {
  let nowMs = 0;
  let order = 0;
  const due: { atMs: number; order: number; wake: () => void }[] = [];

  return {
    nowMs: () => nowMs,
    clock: (alive) => ({
      nowMs: () => nowMs,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const wake = () => alive() && resolve();
          if (signal?.aborted) return wake();
          signal?.addEventListener("abort", wake, { once: true });
          due.push({ atMs: nowMs + ms, order: order++, wake });
        }),
    }),
    async advance(ms) {
      const untilMs = nowMs + ms;
      for (let events = 0; events < MAX_EVENTS; events++) {
        await settled();
        due.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
        if (due[0] === undefined || due[0].atMs > untilMs) {
          nowMs = untilMs;
          return;
        }
        nowMs = due[0].atMs;
        due.shift()?.wake();
      }
      throw new Error(`more than ${MAX_EVENTS} events in ${ms} ms`);
    },
  };
}
