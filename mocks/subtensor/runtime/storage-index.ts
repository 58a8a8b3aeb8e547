import { Blake2128Concat, Twox128, Twox64Concat } from "@polkadot-api/substrate-bindings";
import type { ChainState } from "../chain/state.ts";
import type { BlockView } from "../chain/view.ts";
import { bytesToHex, hexToBytes, textToHex } from "../scale/hex.ts";
import type { AnyType } from "../scale/type.ts";
import type { Hasher, StorageItem } from "./pallet.ts";
import type { Runtime } from "./runtime.ts";

/** A storage item found by a key, and the key's parts. */
interface Found {
  readonly pallet: string;
  readonly item: StorageItem;
  readonly keys: readonly unknown[];
}

/** The storage of a runtime by raw keys, as RPC asks for it. Keys are lower-case hex with `0x`. */
export interface StorageIndex {
  /** The pallet that a key belongs to; null: nobody's. */
  palletOf(key: string): string | null;
  /** The value under a key as hex; null: nothing is there. */
  read(view: BlockView, key: string): string | null;
  /** All keys with this prefix that hold something, sorted. */
  keys(view: BlockView, prefix: string): readonly string[];
}

/** Two times 16 bytes: pallet and item. */
const PREFIX_HEX = 2 + 64;

/** `:code`: clients tell runtimes apart by its hash. */
const CODE_KEY = textToHex(":code");

/** What each hasher puts before the value, and what it makes of it. */
const HASHERS: Readonly<Record<Hasher, { skip: number; hash(bytes: Uint8Array): Uint8Array }>> = {
  Identity: { skip: 0, hash: (bytes) => bytes },
  Blake2128Concat: { skip: 16, hash: Blake2128Concat },
  Twox64Concat: { skip: 8, hash: Twox64Concat },
};

const text = (value: string) => Twox128(new TextEncoder().encode(value));

export function createStorageIndex({ pallets, specVersion }: Runtime): StorageIndex {
  const items = new Map<string, { pallet: string; item: StorageItem }>();
  for (const pallet of pallets)
    for (const item of pallet.storage) {
      const prefix = bytesToHex(Buffer.concat([text(pallet.name), text(item.name)]));
      items.set(prefix, { pallet: pallet.name, item });
    }
  /** Listing a big map is work, and clients page through it. */
  const listed = new WeakMap<ChainState, Map<string, readonly string[]>>();

  const find = (key: string): Found | null => {
    const entry = items.get(key.slice(0, PREFIX_HEX));
    const rest = hexToBytes(key.slice(PREFIX_HEX));
    if (entry === undefined || rest === null) return null;
    const keys = decodeKeys(entry.item.keys, rest);
    return keys === null ? null : { ...entry, keys };
  };
  const keysOf = (view: BlockView, prefix: string, item: StorageItem): readonly string[] => {
    if (item.keys.length === 0) return item.read(view) === undefined ? [] : [prefix];
    const known = listed.get(view.state) ?? new Map<string, readonly string[]>();
    listed.set(view.state, known);
    const keys =
      known.get(prefix) ??
      (item.list?.(view) ?? []).map((values) => prefix + encodeKeys(item.keys, values)).toSorted();
    known.set(prefix, keys);
    return keys;
  };

  return {
    palletOf: (key) => items.get(key.slice(0, PREFIX_HEX))?.pallet ?? null,
    read(view, key) {
      if (key === CODE_KEY) return textToHex(`no WASM: runtime ${specVersion} of a mock`);
      const found = find(key);
      if (found === null) return null;
      const value = found.item.read(view, ...(found.keys as never[]));
      return value === undefined ? null : bytesToHex(found.item.value.codec.enc(value));
    },
    keys(view, prefix) {
      const all = [...items].filter(([own]) => own.startsWith(prefix) || prefix.startsWith(own));
      return all
        .flatMap(([own, { item }]) => keysOf(view, own, item))
        .filter((key) => key.startsWith(prefix))
        .toSorted();
    },
  };
}

function encodeKeys(keys: readonly (readonly [Hasher, AnyType])[], values: readonly unknown[]): string {
  const parts = keys.map(([hasher, { codec }], at) => HASHERS[hasher].hash(codec.enc(values[at])));
  return Buffer.concat(parts).toString("hex");
}

/** Null: too short, too long, or hashed wrongly. */
function decodeKeys(keys: readonly (readonly [Hasher, AnyType])[], bytes: Uint8Array): unknown[] | null {
  const values: unknown[] = [];
  let at = 0;
  try {
    for (const [hasher, { codec }] of keys) {
      at += HASHERS[hasher].skip;
      const value: unknown = codec.dec(bytes.slice(at));
      at += codec.enc(value).length;
      values.push(value);
    }
  } catch {
    return null;
  }
  const whole = at === bytes.length && encodeKeys(keys, values) === Buffer.from(bytes).toString("hex");
  return whole ? values : null;
}
