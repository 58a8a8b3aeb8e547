/** A stretch of time in ms of the trial. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The longest time between two neighbours; null with fewer than two instants. */
export function longestGap(instants: readonly number[]): Gap | null {
  const sorted = instants.toSorted((a, b) => a - b);
  let longest: Gap | null = null;
  for (const [index, toMs] of sorted.entries()) {
    const fromMs = sorted[index - 1];
    if (fromMs === undefined) continue;
    if (longest === null || toMs - fromMs > longest.toMs - longest.fromMs) longest = { fromMs, toMs };
  }
  return longest;
}
