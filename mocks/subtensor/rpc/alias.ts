import type { Method, Methods } from "./method.ts";

/** One method under several names, as the node has them. */
export function aliases(names: readonly string[], method: Method): Methods {
  return Object.fromEntries(names.map((name) => [name, method]));
}
