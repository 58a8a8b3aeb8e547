import type { Axon, Neuron } from "../../chain/state.ts";
import { uidOf } from "../../chain/state.ts";
import type { BlockView } from "../../chain/view.ts";
import { bool, u16, u64, vec } from "../../scale/primitive.ts";
import type { Type } from "../../scale/type.ts";
import { accountId, alpha, netUid, u64f64 } from "../common-types.ts";
import { axonInfo, chainIdentity } from "../neuron-types.ts";
import type { Hasher, StorageItem } from "../pallet.ts";
import { subnetIdentity } from "../subnet-types.ts";
import { neuronOf } from "./subtensor-storage.ts";

/** subtensor 14bc6f9f9, pallets/subtensor/src/lib.rs: what is stored by hotkey or coldkey. */

const NOBODY = `0x${"00".repeat(32)}`;

/** The share of a delegate that the runtime starts with: 18 % of 65535. */
const TAKE = 11_796;

export const hotkeyStorage: readonly StorageItem[] = [
  {
    name: "Uids",
    keys: [
      ["Identity", netUid],
      ["Blake2128Concat", accountId],
    ],
    value: u16,
    read: ({ state }, netuid: number, hotkey: string) => {
      const subnet = state.subnets.get(netuid);
      const uid = subnet === undefined ? -1 : uidOf(subnet, hotkey);
      return uid === -1 ? undefined : uid;
    },
    list: (view) => members(view).map(({ netuid, neuron }) => [netuid, neuron.hotkey]),
  },
  {
    name: "Axons",
    keys: [
      ["Identity", netUid],
      ["Blake2128Concat", accountId],
    ],
    value: axonInfo,
    read: (view, netuid: number, hotkey: string) => {
      const axon = neuronOf(view, netuid, hotkey)?.axon;
      return axon ? axonValue(axon) : undefined;
    },
    list: (view) =>
      members(view).flatMap(({ netuid, neuron }) => (neuron.axon === null ? [] : [[netuid, neuron.hotkey]])),
  },
  byHotkeyAndSubnet("IsNetworkMember", bool, false, () => true),
  byHotkeyAndSubnet("TotalHotkeyAlpha", alpha, 0n, ({ alphaStake }) => alphaStake),
  byHotkeyAndSubnet("TotalHotkeyShares", u64f64, { bits: 0n }, ({ alphaStake }) => ({
    bits: alphaStake << 64n,
  })),
  {
    name: "Alpha",
    keys: [
      ["Blake2128Concat", accountId],
      ["Blake2128Concat", accountId],
      ["Identity", netUid],
    ],
    value: u64f64,
    fallback: { bits: 0n },
    read: (view, hotkey: string, coldkey: string, netuid: number) => {
      const neuron = neuronOf(view, netuid, hotkey);
      return neuron?.coldkey === coldkey ? { bits: neuron.alphaStake << 64n } : undefined;
    },
    list: (view) => members(view).map(({ netuid, neuron }) => [neuron.hotkey, neuron.coldkey, netuid]),
  },
  byKey("Owner", accountId, NOBODY, (view, key) => anyNeuron(view, key)?.coldkey, hotkeys),
  byKey("Delegates", u16, TAKE, (view, key) => (anyNeuron(view, key)?.permit ? TAKE : undefined), hotkeys),
  byKey("OwnedHotkeys", vec(accountId), [], hotkeysOf, coldkeys),
  byKey("StakingHotkeys", vec(accountId), [], hotkeysOf, coldkeys),
  {
    name: "IdentitiesV2",
    keys: [["Blake2128Concat", accountId]],
    value: chainIdentity,
    read: () => undefined,
    list: () => [],
  },
  {
    name: "SubnetIdentitiesV3",
    keys: [["Blake2128Concat", netUid]],
    value: subnetIdentity,
    read: () => undefined,
    list: () => [],
  },
  byKey(
    "LastTxBlock",
    u64,
    0n,
    () => undefined,
    () => [],
  ),
];

/** An axon as the runtime stores it; null: none is served. */
export function axonValue(axon: Axon | null) {
  return {
    block: BigInt(axon?.block ?? 0),
    version: axon?.version ?? 0,
    ip: axon?.ip ?? 0n,
    port: axon?.port ?? 0,
    ip_type: axon?.ipType ?? 0,
    protocol: axon?.protocol ?? 0,
    placeholder1: 0,
    placeholder2: 0,
  };
}

function byHotkeyAndSubnet<V>(
  name: string,
  value: Type<V>,
  fallback: V,
  read: (neuron: Neuron) => V,
): StorageItem {
  return {
    name,
    keys: [
      ["Blake2128Concat", accountId],
      ["Identity", netUid],
    ],
    value,
    fallback,
    read: (view, hotkey: string, netuid: number) => {
      const neuron = neuronOf(view, netuid, hotkey);
      return neuron && read(neuron);
    },
    list: (view) => members(view).map(({ netuid, neuron }) => [neuron.hotkey, netuid]),
  };
}

function byKey<V>(
  name: string,
  value: Type<V>,
  fallback: V,
  read: (view: BlockView, key: string) => V | undefined,
  list: (view: BlockView) => string[],
  hasher: Hasher = "Blake2128Concat",
): StorageItem {
  return {
    name,
    keys: [[hasher, accountId]],
    value,
    fallback,
    read,
    list: (view) => list(view).flatMap((key) => (read(view, key) === undefined ? [] : [[key]])),
  };
}

/** Every neuron with its subnet. */
export function members({ state }: BlockView): { netuid: number; uid: number; neuron: Neuron }[] {
  return [...state.subnets.values()].flatMap(({ netuid, neurons }) =>
    neurons.map((neuron, uid) => ({ netuid, uid, neuron })),
  );
}

function hotkeys(view: BlockView): string[] {
  return [...new Set(members(view).map(({ neuron }) => neuron.hotkey))];
}

function coldkeys(view: BlockView): string[] {
  return [...new Set(members(view).map(({ neuron }) => neuron.coldkey))];
}

const anyNeuron = (view: BlockView, hotkey: string) =>
  members(view).find(({ neuron }) => neuron.hotkey === hotkey)?.neuron;

function hotkeysOf(view: BlockView, coldkey: string): string[] | undefined {
  const owned = members(view).filter(({ neuron }) => neuron.coldkey === coldkey);
  return owned.length === 0 ? undefined : [...new Set(owned.map(({ neuron }) => neuron.hotkey))];
}
