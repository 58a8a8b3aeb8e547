import { editDistance } from "./edit-distance.ts";

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
