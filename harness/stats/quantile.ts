/**
 * Nearest-rank quantile: the smallest value that at least `quantile` of all values do not exceed.
 * 1 is the maximum. No interpolation: the answer is a value that was seen. `null` for no values.
 */
export function nearestRank(values: readonly number[], quantile: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(quantile * sorted.length));
  return sorted[Math.min(rank, sorted.length) - 1] ?? null;
}
