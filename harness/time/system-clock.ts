import type { Clock } from "./clock.ts";

/** A real clock that starts at zero now. */
export function systemClock(): Clock {
  const startNs = process.hrtime.bigint();
  return {
    nowMs: () => Number((process.hrtime.bigint() - startNs) / 1000n) / 1000,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const finish = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", finish);
          resolve();
        };
        const timer = setTimeout(finish, ms);
        signal?.addEventListener("abort", finish, { once: true });
      }),
  };
}
