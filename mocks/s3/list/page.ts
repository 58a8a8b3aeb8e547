import type { ListedObject } from "../store/object.ts";

export interface PageQuestion {
  readonly prefix: string;
  /** Empty: no grouping. */
  readonly delimiter: string;
  readonly maxKeys: number;
  /** Only what comes after this key or common prefix. */
  readonly after: string;
}

export interface Page {
  readonly objects: readonly ListedObject[];
  readonly prefixes: readonly string[];
  /** The last key or prefix of the page, if more follow. */
  readonly next: string | null;
}

/** One page of a sorted listing: keys that share what stands before the delimiter become one prefix. */
export function pageOf(
  listed: readonly ListedObject[],
  { prefix, delimiter, maxKeys, after }: PageQuestion,
): Page {
  const objects: ListedObject[] = [];
  const prefixes: string[] = [];
  if (maxKeys === 0) return { objects, prefixes, next: null };
  // After a common prefix, everything below it has been shown.
  const skipped = delimiter !== "" && after.endsWith(delimiter) ? after : null;
  let last = "";
  for (let at = firstAfter(listed, after); at < listed.length; at++) {
    const object = listed[at] as ListedObject;
    const { key } = object;
    if (!key.startsWith(prefix) || (skipped !== null && key.startsWith(skipped))) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const group = end === -1 ? null : key.slice(0, end + delimiter.length);
    if (group !== null && group === prefixes.at(-1)) continue;
    if (objects.length + prefixes.length === maxKeys) return { objects, prefixes, next: last };
    if (group === null) objects.push(object);
    else prefixes.push(group);
    last = group ?? key;
  }
  return { objects, prefixes, next: null };
}

/** By halves: a listing is sorted. */
function firstAfter(listed: readonly ListedObject[], after: string): number {
  if (after === "") return 0;
  const wanted = Buffer.from(after);
  let [low, high] = [0, listed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare(Buffer.from((listed[middle] as ListedObject).key), wanted) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
