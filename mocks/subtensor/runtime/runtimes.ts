import type { Spec } from "../chain/block.ts";
import { encodeMetadata } from "./metadata.ts";
import { createRuntime } from "./runtime.ts";
import type { Runtime } from "./runtime.ts";

/** The runtimes of a chain and their metadata, each made once. */
export interface Runtimes {
  get(spec: Spec): Runtime;
  metadata(spec: Spec, version: 14 | 15): Uint8Array;
}

/** A chain has one, and another after an upgrade. */
const MAX_KEPT = 8;

/** Equal in every life and every mock: a runtime knows nothing of a chain. */
const runtimes = new Map<string, Runtime>();
const encoded = new Map<string, Uint8Array>();

export const RUNTIMES: Runtimes = {
  get: (spec) => once(runtimes, keyOf(spec), () => createRuntime(spec.version, spec.changed)),
  metadata: (spec, version) =>
    once(encoded, `${keyOf(spec)}/${version}`, () => encodeMetadata(RUNTIMES.get(spec), version)),
};

const keyOf = ({ version, changed }: Spec) => `${version}${changed ? " changed" : ""}`;

function once<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  const oldest = cache.keys().next();
  if (cache.size >= MAX_KEPT && oldest.done !== true) cache.delete(oldest.value);
  cache.set(key, made);
  return made;
}
