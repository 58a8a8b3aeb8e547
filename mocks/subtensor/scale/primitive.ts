import * as scale from "@polkadot-api/substrate-bindings";
import type { Codec } from "@polkadot-api/substrate-bindings";
import type { AnyType, Type, ValueOf } from "./type.ts";

function primitive<T>(name: string, codec: Codec<T>): Type<T> {
  return {
    key: name,
    path: [],
    params: [],
    codec,
    define: () => ({ tag: "primitive", value: { tag: name, value: undefined } }),
  };
}

export const bool = primitive("bool", scale.bool);
export const str = primitive("str", scale.str);
export const u8 = primitive("u8", scale.u8);
export const u16 = primitive("u16", scale.u16);
export const u32 = primitive("u32", scale.u32);
export const u64 = primitive("u64", scale.u64);
export const u128 = primitive("u128", scale.u128);

/** Compact<…> of an integer up to 32 bits. */
export function compactNumber(inner: AnyType): Type<number> {
  return compactOf(inner, scale.compactNumber);
}

/** Compact<…> of a wider integer. */
export function compactBig(inner: AnyType): Type<bigint> {
  return compactOf(inner, scale.compactBn);
}

function compactOf<T>(inner: AnyType, codec: Codec<T>): Type<T> {
  return {
    key: `Compact<${inner.key}>`,
    path: [],
    params: [],
    codec,
    define: (lookup) => ({ tag: "compact", value: lookup.id(inner) }),
  };
}

/** `[u8; n]`, as hex. */
export function fixedBytes(length: number): Type<string> {
  return {
    key: `[u8; ${length}]`,
    path: [],
    params: [],
    codec: scale.Hex(length),
    define: (lookup) => ({ tag: "array", value: { len: length, type: lookup.id(u8) } }),
  };
}

/** `Vec<u8>`, as hex. */
export const bytes: Type<string> = {
  key: "Vec<u8>",
  path: [],
  params: [],
  codec: scale.Hex(),
  define: (lookup) => ({ tag: "sequence", value: lookup.id(u8) }),
};

export function vec<T extends AnyType>(inner: T): Type<ValueOf<T>[]> {
  return {
    key: `Vec<${inner.key}>`,
    path: [],
    params: [],
    codec: scale.Vector(inner.codec) as Codec<ValueOf<T>[]>,
    define: (lookup) => ({ tag: "sequence", value: lookup.id(inner) }),
  };
}

export function array<T extends AnyType>(inner: T, length: number): Type<ValueOf<T>[]> {
  return {
    key: `[${inner.key}; ${length}]`,
    path: [],
    params: [],
    codec: scale.Vector(inner.codec, length) as Codec<ValueOf<T>[]>,
    define: (lookup) => ({ tag: "array", value: { len: length, type: lookup.id(inner) } }),
  };
}

export function tuple<T extends readonly AnyType[]>(
  ...inner: T
): Type<{ -readonly [K in keyof T]: ValueOf<T[K]> }> {
  return {
    key: `(${inner.map(({ key }) => key).join(", ")})`,
    path: [],
    params: [],
    codec: scale.Tuple(...inner.map(({ codec }) => codec)) as unknown as Codec<{
      -readonly [K in keyof T]: ValueOf<T[K]>;
    }>,
    define: (lookup) => ({ tag: "tuple", value: inner.map((it) => lookup.id(it)) }),
  };
}

/** `()`. */
export const unit: Type<undefined> = {
  key: "()",
  path: [],
  params: [],
  codec: scale.createCodec(
    () => new Uint8Array(),
    () => undefined,
  ),
  define: () => ({ tag: "tuple", value: [] }),
};
