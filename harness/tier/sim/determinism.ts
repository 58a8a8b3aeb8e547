/** Two executions of the same trial that differ: something in the stack looked at the real world. */
export interface Divergence {
  readonly first: string;
  readonly again: string;
}

/**
 * Runs the same trial twice and compares the digests. Null: they are equal. A stand-in that reads `Date`, draws from
 * `Math.random` or waits for real work gives itself away here.
 */
export async function findDivergence(trial: () => Promise<string>): Promise<Divergence | null> {
  const first = await trial();
  const again = await trial();
  return first === again ? null : { first, again };
}
