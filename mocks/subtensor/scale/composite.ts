import * as scale from "@polkadot-api/substrate-bindings";
import type { Codec } from "@polkadot-api/substrate-bindings";
import type { Lookup, TypeParam } from "./lookup.ts";
import { bytes, tuple, u8, unit, vec } from "./primitive.ts";
import type { AnyType, Type, ValueOf } from "./type.ts";

export type Fields = Readonly<Record<string, AnyType>>;
export type StructOf<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

/** One value of an enum. Its payload: an array for unnamed fields, an object for named ones, nothing without any. */
export interface VariantValue {
  readonly type: string;
  readonly value?: unknown;
}

/** A variant's number and its fields: unnamed as an array, named as an object. */
export type VariantFields = readonly [index: number, fields?: readonly AnyType[] | Fields];

const keyOf = (path: string, params: readonly TypeParam[]) =>
  params.length === 0 ? path : `${path}<${params.map(({ type }) => type?.key ?? "_").join(", ")}>`;

/** A struct with named fields. `path` with `::`. */
export function struct<F extends Fields>(
  path: string,
  fields: F,
  params: readonly TypeParam[] = [],
): Type<StructOf<F>> {
  return {
    key: keyOf(path, params),
    path: path.split("::"),
    params,
    codec: structCodec(fields) as Codec<StructOf<F>>,
    define: (lookup) => ({ tag: "composite", value: named(lookup, fields) }),
  };
}

/** A struct around one value, such as `NetUid(u16)`; its values are the inner ones. */
export function newtype<T extends AnyType>(
  path: string,
  inner: T,
  params: readonly TypeParam[] = [],
): Type<ValueOf<T>> {
  return {
    key: keyOf(path, params),
    path: path.split("::"),
    params,
    codec: inner.codec as Codec<ValueOf<T>>,
    define: (lookup) => ({ tag: "composite", value: [field(lookup, undefined, inner)] }),
  };
}

/** A struct with nothing in it. */
export function empty(path: string): Type<undefined> {
  return {
    key: path,
    path: path.split("::"),
    params: [],
    codec: unit.codec,
    define: () => ({ tag: "composite", value: [] }),
  };
}

export function variant(
  path: string,
  variants: Readonly<Record<string, VariantFields>>,
  params: readonly TypeParam[] = [],
): Type<VariantValue> {
  return {
    key: keyOf(path, params),
    path: path.split("::"),
    params,
    codec: variantCodec(variants),
    define: (lookup) => ({
      tag: "variant",
      value: Object.entries(variants).map(([name, [index, fields = []]]) => ({
        name,
        index,
        fields: isTuple(fields)
          ? fields.map((type) => field(lookup, undefined, type))
          : named(lookup, fields),
        docs: [],
      })),
    }),
  };
}

/** `Option<T>`: the value or undefined. polkadot.js wants the parameter named T. */
export function option<T extends AnyType>(inner: T): Type<ValueOf<T> | undefined> {
  return {
    key: `Option<${inner.key}>`,
    path: ["Option"],
    params: [{ name: "T", type: inner }],
    codec: scale.Option(inner.codec) as Codec<ValueOf<T> | undefined>,
    define: (lookup) => ({
      tag: "variant",
      value: [
        { name: "None", index: 0, fields: [], docs: [] },
        { name: "Some", index: 1, fields: [field(lookup, undefined, inner)], docs: [] },
      ],
    }),
  };
}

/** `BoundedVec<T, S>`. */
export function boundedVec<T extends AnyType>(inner: T): Type<ValueOf<T>[]> {
  return newtype("bounded_collections::bounded_vec::BoundedVec", vec(inner), [
    { name: "T", type: inner },
    { name: "S", type: undefined },
  ]);
}

/** `BoundedVec<u8, S>`, as hex. */
export const boundedBytes: Type<string> = newtype("bounded_collections::bounded_vec::BoundedVec", bytes, [
  { name: "T", type: u8 },
  { name: "S", type: undefined },
]);

const isTuple = (fields: readonly AnyType[] | Fields): fields is readonly AnyType[] => Array.isArray(fields);

function structCodec(fields: Fields): Codec<unknown> {
  const codecs = Object.fromEntries(Object.entries(fields).map(([name, { codec }]) => [name, codec]));
  return scale.Struct(codecs as never) as unknown as Codec<unknown>;
}

function variantCodec(variants: Readonly<Record<string, VariantFields>>): Codec<VariantValue> {
  const codecs: Record<string, Codec<unknown>> = {};
  for (const [name, [, fields = []]] of Object.entries(variants)) {
    const payload = isTuple(fields)
      ? fields.length === 0
        ? unit.codec
        : tuple(...fields).codec
      : structCodec(fields);
    codecs[name] = payload as Codec<unknown>;
  }
  const indexes = Object.values(variants).map(([index]) => index);
  return scale.Variant(codecs as never, indexes as never) as unknown as Codec<VariantValue>;
}

function field(lookup: Lookup, name: string | undefined, type: AnyType) {
  return { name, type: lookup.id(type), typeName: type.label ?? type.path.at(-1) ?? type.key, docs: [] };
}

function named(lookup: Lookup, fields: Fields) {
  return Object.entries(fields).map(([name, type]) => field(lookup, name, type));
}
