import type { Codec } from "@polkadot-api/substrate-bindings";
import type { Lookup, TypeDef, TypeParam } from "./lookup.ts";

/**
 * A SCALE type of the runtime, said once: from it come the codec that the mock encodes with and the entry in the
 * metadata that clients decode with, so that the two can't differ.
 *
 * Values: integers to 32 bits are numbers, wider ones bigints; bytes are `0x` hex; a struct is an object, a tuple an
 * array, a variant `{ type, value }`; a missing option is undefined.
 */
export interface Type<T = unknown> {
  /** Two types with the same key are one entry of the metadata: `Vec<u16>`, `frame_system::AccountInfo`. */
  readonly key: string;
  /** What fields call it in the metadata, when that is not its path's end. */
  readonly label?: string;
  /** The path in the metadata, such as `["frame_system", "AccountInfo"]`; empty for built-in types. */
  readonly path: readonly string[];
  readonly params: readonly TypeParam[];
  readonly codec: Codec<T>;
  /** Its definition, with the inner types put into the metadata's table. */
  define(lookup: Lookup): TypeDef;
}

/** Whatever a type's values are. */
// oxlint-disable-next-line typescript/no-explicit-any -- a codec is invariant: no other type takes them all
export type AnyType = Type<any>;

export type ValueOf<T extends AnyType> = T extends Type<infer V> ? V : never;
