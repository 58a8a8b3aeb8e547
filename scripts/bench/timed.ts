/** How long it takes, in milliseconds of a clock that only goes forward. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** `33.1 s`. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
