/**
 * Does the work for all items at once. The first failure ends the rest through their signal, and is thrown when all have
 * ended: nothing goes on behind the back of whoever cleans up.
 */
export async function together<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const others = new AbortController();
  const both = AbortSignal.any([signal, others.signal]);
  let failure: { readonly cause: unknown } | null = null;
  const results = await Promise.allSettled(
    items.map((item) =>
      work(item, both).catch((error: unknown) => {
        failure ??= { cause: error };
        others.abort();
        throw error;
      }),
    ),
  );
  const first = failure as { readonly cause: unknown } | null;
  if (first !== null) throw first.cause;
  return results.map((result) => (result as PromiseFulfilledResult<Result>).value);
}
