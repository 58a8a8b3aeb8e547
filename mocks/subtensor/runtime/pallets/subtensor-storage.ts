import type { Neuron, Subnet } from "../../chain/state.ts";
import { uidOf } from "../../chain/state.ts";
import type { BlockView } from "../../chain/view.ts";
import { bool, bytes, tuple, u16, u64, vec } from "../../scale/primitive.ts";
import type { Type } from "../../scale/type.ts";
import { accountId, alpha, i96f32, mechId, netUid, netUidStorageIndex, tao } from "../common-types.ts";
import { textToHex } from "../../scale/hex.ts";
import { perSubnet, plain } from "../pallet.ts";
import type { StorageItem } from "../pallet.ts";
import { BURN, epochOf, HYPERPARAMS, MAX_UIDS, poolOf, priceOf } from "../subnet-values.ts";

/** subtensor 14bc6f9f9, pallets/subtensor/src/lib.rs: names, hashers, types and defaults. */

const NOBODY = `0x${"00".repeat(32)}`;

/** A map by subnet with a value from the subnet itself. */
function ofSubnet<V>(name: string, value: Type<V>, fallback: V, read: (subnet: Subnet, block: number) => V) {
  return perSubnet(name, netUid, value, fallback, ({ state, number }, netuid) => {
    const subnet = state.subnets.get(netuid);
    return subnet && read(subnet, number);
  });
}

/** A map by subnet with one value per uid. */
function column<V>(name: string, value: Type<V>, read: (neuron: Neuron) => V, keyType = netUid): StorageItem {
  return perSubnet(name, keyType, vec(value) as Type<V[]>, [], ({ state }, netuid) =>
    state.subnets.get(netuid)?.neurons.map(read),
  );
}

const hyper = <V>(name: string, value: Type<V>, fallback: V) =>
  ofSubnet(name, value, fallback, () => fallback);

export const subnetStorage: readonly StorageItem[] = [
  plain({ name: "TotalNetworks", value: u16, fallback: 0, read: ({ state }) => state.subnets.size }),
  plain({
    name: "TotalIssuance",
    value: tao,
    fallback: 0n,
    read: ({ state }) => [...state.accounts.values()].reduce((sum, { free }) => sum + free, 0n),
  }),
  plain({
    name: "TotalStake",
    value: tao,
    fallback: 0n,
    read: ({ state }) => totalStake([...state.subnets.values()]),
  }),
  plain({ name: "TxRateLimit", value: u64, fallback: 1n, read: () => 1n }),
  plain({ name: "StakeThreshold", value: u64, fallback: 0n, read: () => 0n }),
  ofSubnet("NetworksAdded", bool, false, () => true),
  ofSubnet("SubnetworkN", u16, 0, ({ neurons }) => neurons.length),
  ofSubnet("Tempo", u16, 360, ({ tempo }) => tempo),
  ofSubnet("NetworkRegisteredAt", u64, 0n, ({ registeredAt }) => BigInt(registeredAt)),
  ofSubnet("SubnetOwner", accountId, NOBODY, ({ ownerColdkey }) => ownerColdkey),
  ofSubnet("SubnetOwnerHotkey", accountId, NOBODY, ({ ownerHotkey }) => ownerHotkey),
  ofSubnet("TokenSymbol", bytes, "0x", ({ symbol }) => textToHex(symbol)),
  ofSubnet("SubnetMechanism", u16, 0, ({ netuid }) => (netuid === 0 ? 0 : 1)),
  ofSubnet("SubnetTAO", tao, 0n, (subnet) => poolOf(subnet).taoIn),
  ofSubnet("SubnetAlphaIn", alpha, 0n, (subnet) => poolOf(subnet).alphaIn),
  ofSubnet("SubnetAlphaOut", alpha, 0n, (subnet) => poolOf(subnet).alphaOut),
  ofSubnet("SubnetMovingPrice", i96f32, { bits: 0n }, (subnet) => ({
    bits: (priceOf(subnet) << 32n) / 10n ** 9n,
  })),
  ofSubnet("BlocksSinceLastStep", u64, 0n, (subnet, block) =>
    BigInt(epochOf(subnet, block).blocksSinceLastStep),
  ),
  ofSubnet("LastMechansimStepBlock", u64, 0n, (subnet, block) => BigInt(epochOf(subnet, block).lastStep)),
  hyper("SubtokenEnabled", bool, true),
  hyper("NetworkRegistrationAllowed", bool, HYPERPARAMS.registration_allowed as boolean),
  hyper("MaxAllowedUids", u16, MAX_UIDS),
  hyper("ImmunityPeriod", u16, HYPERPARAMS.immunity_period as number),
  hyper("ActivityCutoff", u16, Number(HYPERPARAMS.activity_cutoff)),
  hyper("MaxAllowedValidators", u16, HYPERPARAMS.max_validators as number),
  hyper("MinAllowedWeights", u16, HYPERPARAMS.min_allowed_weights as number),
  hyper("MaxWeightsLimit", u16, HYPERPARAMS.max_weights_limit as number),
  hyper("WeightsVersionKey", u64, HYPERPARAMS.weights_version as bigint),
  hyper("WeightsSetRateLimit", u64, HYPERPARAMS.weights_rate_limit as bigint),
  hyper("ServingRateLimit", u64, HYPERPARAMS.serving_rate_limit as bigint),
  hyper("CommitRevealWeightsEnabled", bool, HYPERPARAMS.commit_reveal_weights_enabled as boolean),
  hyper("Burn", tao, BURN),
  hyper("Difficulty", u64, HYPERPARAMS.difficulty as bigint),
  perSubnet("RevealPeriodEpochs", netUid, u64, 1n, () => undefined, "Twox64Concat"),
  perSubnet("MechanismCountCurrent", netUid, mechId, 1, () => undefined, "Twox64Concat"),
  {
    name: "MechanismEmissionSplit",
    keys: [["Twox64Concat", netUid]],
    value: vec(u16),
    read: () => undefined,
    list: () => [],
  },
  column("Active", bool, ({ active }) => active),
  column("ValidatorPermit", bool, ({ permit }) => permit),
  column("Consensus", u16, ({ scores }) => scores.consensus),
  column("Incentive", u16, ({ scores }) => scores.incentive, netUidStorageIndex),
  column("Dividends", u16, ({ scores }) => scores.dividends),
  column("ValidatorTrust", u16, ({ scores }) => scores.validatorTrust),
  column("Emission", alpha, ({ emission }) => emission),
  column("LastUpdate", u64, ({ lastUpdate }) => BigInt(lastUpdate), netUidStorageIndex),
  perUid("Keys", netUid, accountId, NOBODY, ({ hotkey }) => hotkey),
  perUid("BlockAtRegistration", netUid, u64, 0n, ({ registeredAt }) => BigInt(registeredAt)),
  perUid("Weights", netUidStorageIndex, vec(tuple(u16, u16)), [], ({ weights }) =>
    weights.length === 0 ? undefined : weights.map(([uid, value]) => [uid, value] as [number, number]),
  ),
  perUid("Bonds", netUidStorageIndex, vec(tuple(u16, u16)), [], () => undefined),
];

/** A map by subnet and uid. */
function perUid<V>(
  name: string,
  keyType: typeof netUid,
  value: Type<V>,
  fallback: V,
  read: (neuron: Neuron) => V | undefined,
): StorageItem {
  return {
    name,
    keys: [
      ["Identity", keyType],
      ["Identity", u16],
    ],
    value,
    fallback,
    read: ({ state }: BlockView, netuid: number, uid: number) => {
      const neuron = state.subnets.get(netuid)?.neurons[uid];
      return neuron && read(neuron);
    },
    list: ({ state }) =>
      [...state.subnets.values()].flatMap(({ netuid, neurons }) =>
        neurons.flatMap((neuron, uid) => (read(neuron) === undefined ? [] : [[netuid, uid]])),
      ),
  };
}

function totalStake(subnets: readonly Subnet[]): bigint {
  return subnets.flatMap(({ neurons }) => neurons).reduce((sum, { taoStake }) => sum + taoStake, 0n);
}

/** The neuron of a hotkey in a subnet. */
export function neuronOf({ state }: BlockView, netuid: number, hotkey: string): Neuron | undefined {
  const subnet = state.subnets.get(netuid);
  return subnet?.neurons[uidOf(subnet, hotkey)];
}
