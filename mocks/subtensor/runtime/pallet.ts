import type { AnyType, Type } from "../scale/type.ts";
import type { Fields, VariantFields, VariantValue } from "../scale/composite.ts";
import type { BlockView } from "../chain/view.ts";
import type { Dispatch } from "../chain/dispatch.ts";

export type Hasher = "Identity" | "Blake2128Concat" | "Twox64Concat";

/** One storage item, and what it holds at a block. */
export interface StorageItem {
  readonly name: string;
  readonly keys: readonly (readonly [Hasher, AnyType])[];
  readonly value: AnyType;
  /** What an absent value reads as; without it the item is optional. */
  readonly fallback?: unknown;
  /** Undefined: nothing is stored there. */
  read(view: BlockView, ...keys: never[]): unknown;
  /** All keys that hold something, in any order; needed for maps. */
  list?(view: BlockView): readonly (readonly unknown[])[];
}

/** One call, and what it does to the state. */
export interface Call {
  readonly index: number;
  readonly name: string;
  readonly fields: Fields;
  /** True: whoever signs pays no fee. */
  readonly free?: boolean;
  /** @throws DispatchFailure */
  apply(dispatch: Dispatch, args: never): void;
}

export interface Constant {
  readonly name: string;
  readonly type: AnyType;
  readonly value: unknown;
}

/** A pallet as the metadata shows it. Only what the mock models is there. */
export interface Pallet {
  readonly index: number;
  readonly name: string;
  /** The crate, for the paths of its types. */
  readonly crate: string;
  readonly storage: readonly StorageItem[];
  readonly calls: readonly Call[];
  readonly events: Readonly<Record<string, VariantFields>>;
  /** By name: the number inside the pallet. */
  readonly errors: Readonly<Record<string, number>>;
  readonly constants: readonly Constant[];
}

/** An event of a pallet: `{ pallet: "Balances", event: { type: "Transfer", value } }`. */
export interface PalletEvent {
  readonly pallet: string;
  readonly event: VariantValue;
}

/** A method of a runtime API, as `state_call` names it: `NeuronInfoRuntimeApi_get_neuron`. */
export interface ApiMethod {
  readonly name: string;
  readonly inputs: Fields;
  readonly output: AnyType;
  call(view: BlockView, args: never): unknown;
}

export interface RuntimeApi {
  readonly name: string;
  readonly methods: readonly ApiMethod[];
}

type ItemOf<K extends readonly unknown[], V> = Pick<StorageItem, "name"> & {
  readonly value: Type<V>;
  read(view: BlockView, ...keys: K): V | undefined;
};

/** A single value. */
export function plain<V>(item: ItemOf<[], V> & { readonly fallback?: V }): StorageItem {
  return { keys: [], ...item };
}

/** A map by subnet, which holds something for every subnet. */
export function perSubnet<V>(
  name: string,
  keyType: AnyType,
  value: Type<V>,
  fallback: V,
  read: (view: BlockView, netuid: number) => V | undefined,
  hasher: Hasher = "Identity",
): StorageItem {
  return {
    name,
    keys: [[hasher, keyType]],
    value,
    fallback,
    read,
    list: ({ state }) => [...state.subnets.keys()].map((netuid) => [netuid]),
  };
}
