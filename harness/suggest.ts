/** "Did you mean …": the nearest of `known` by edit distance, as a hint; else the list of all. */
export function suggest(
  received: string,
  known: readonly string[],
  say = (it: string) => `did you mean ${it}?`,
): string {
  const [nearest] = known
    .map((name) => ({ name, distance: editDistance(received.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const closeEnough = nearest !== undefined && nearest.distance <= Math.max(2, received.length / 3);
  return closeEnough ? say(nearest.name) : `use one of ${known.join(", ")}`;
}

/** Levenshtein's distance, row by row. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
