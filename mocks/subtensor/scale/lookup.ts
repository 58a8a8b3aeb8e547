import type { AnyType } from "./type.ts";

/** What substrate-bindings' metadata codec takes as a type's definition. */
export interface TypeDef {
  readonly tag: string;
  readonly value: unknown;
}

export interface TypeParam {
  readonly name: string;
  readonly type: AnyType | undefined;
}

export interface LookupEntry {
  readonly id: number;
  readonly path: readonly string[];
  readonly params: readonly { readonly name: string; readonly type: number | undefined }[];
  readonly def: TypeDef;
  readonly docs: readonly string[];
}

/** The metadata's table of types. */
export interface Lookup {
  /** The type's number; it and its inner types are added when they are new. */
  id(type: AnyType): number;
  entries(): readonly LookupEntry[];
}

export function createLookup(): Lookup {
  const ids = new Map<string, number>();
  const entries: LookupEntry[] = [];
  const lookup: Lookup = {
    id(type) {
      const known = ids.get(type.key);
      if (known !== undefined) return known;
      const id = ids.size;
      // Before its parts: a type may contain itself, as a call that holds calls does.
      ids.set(type.key, id);
      const params = type.params.map(({ name, type: inner }) => ({
        name,
        type: inner === undefined ? undefined : lookup.id(inner),
      }));
      entries[id] = { id, path: type.path, params, def: type.define(lookup), docs: [] };
      return id;
    },
    entries: () => entries,
  };
  return lookup;
}
