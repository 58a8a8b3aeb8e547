import { commitmentKey } from "../../chain/state.ts";
import type { Subnet } from "../../chain/state.ts";
import type { BlockView } from "../../chain/view.ts";
import { u16, vec } from "../../scale/primitive.ts";
import { option } from "../../scale/composite.ts";
import { mechId, netUid } from "../common-types.ts";
import { metagraph, SELECTABLE, selectiveMetagraph, subnetState } from "../metagraph-types.ts";
import { axonValue } from "../pallets/hotkey-storage.ts";
import { registration, registrationOf } from "../pallets/commitments.ts";
import type { ApiMethod } from "../pallet.ts";
import { BURN, epochOf, HYPERPARAMS, MAX_UIDS, poolOf, priceOf } from "../subnet-values.ts";

const codes = (text: string) => [...Buffer.from(text)];

/** A subnet as `get_metagraph` shows it at a block. */
function metagraphOf({ number }: BlockView, subnet: Subnet) {
  const pool = poolOf(subnet);
  const { lastStep, blocksSinceLastStep } = epochOf(subnet, number);
  const { neurons } = subnet;
  const total = (alphaStake: bigint, taoStake: bigint) => alphaStake + taoStake;
  return {
    ...HYPERPARAMS,
    netuid: subnet.netuid,
    name: codes(subnet.name),
    symbol: codes(subnet.symbol),
    identity: undefined,
    network_registered_at: BigInt(subnet.registeredAt),
    owner_hotkey: subnet.ownerHotkey,
    owner_coldkey: subnet.ownerColdkey,
    block: BigInt(number),
    tempo: subnet.tempo,
    last_step: BigInt(lastStep),
    blocks_since_last_step: BigInt(blocksSinceLastStep),
    subnet_emission: pool.taoEmission,
    alpha_in: pool.alphaIn,
    alpha_out: pool.alphaOut,
    tao_in: pool.taoIn,
    alpha_out_emission: pool.alphaOutEmission,
    alpha_in_emission: pool.alphaInEmission,
    tao_in_emission: pool.taoEmission,
    pending_alpha_emission: pool.alphaOutEmission * BigInt(blocksSinceLastStep),
    pending_root_emission: 0n,
    subnet_volume: pool.volume,
    moving_price: { bits: (priceOf(subnet) << 32n) / 10n ** 9n },
    num_uids: neurons.length,
    max_uids: MAX_UIDS,
    burn: BURN,
    pow_registration_allowed: false,
    hotkeys: neurons.map(({ hotkey }) => hotkey),
    coldkeys: neurons.map(({ coldkey }) => coldkey),
    identities: neurons.map(() => undefined),
    axons: neurons.map(({ axon }) => axonValue(axon)),
    active: neurons.map(({ active }) => active),
    validator_permit: neurons.map(({ permit }) => permit),
    pruning_score: neurons.map(({ scores }) => scores.pruning),
    last_update: neurons.map(({ lastUpdate }) => BigInt(lastUpdate)),
    emission: neurons.map(({ emission }) => emission),
    dividends: neurons.map(({ scores }) => scores.dividends),
    incentives: neurons.map(({ scores }) => scores.incentive),
    consensus: neurons.map(({ scores }) => scores.consensus),
    trust: neurons.map(({ scores }) => scores.trust),
    rank: neurons.map(({ scores }) => scores.rank),
    block_at_registration: neurons.map(({ registeredAt }) => BigInt(registeredAt)),
    alpha_stake: neurons.map(({ alphaStake }) => alphaStake),
    tao_stake: neurons.map(({ taoStake }) => taoStake),
    total_stake: neurons.map(({ alphaStake, taoStake }) => total(alphaStake, taoStake)),
    tao_dividends_per_hotkey: [] as [string, bigint][],
    alpha_dividends_per_hotkey: [] as [string, bigint][],
  };
}

/** Only the fields whose numbers were asked for; netuid is always there. */
function selectionOf(view: BlockView, subnet: Subnet, indexes: readonly number[]) {
  const { state } = view;
  const all: Record<string, unknown> = {
    ...metagraphOf(view, subnet),
    validators: subnet.neurons.flatMap(({ permit }, uid) => (permit ? [uid] : [])),
    commitments: subnet.neurons.flatMap(({ hotkey }) =>
      state.commitments.has(commitmentKey(subnet.netuid, hotkey))
        ? [[hotkey, [...registration.codec.enc(registrationOf(state, subnet.netuid, hotkey) as never)]]]
        : [],
    ),
  };
  const chosen = indexes.flatMap((index) => SELECTABLE[index] ?? []);
  return Object.fromEntries(
    SELECTABLE.map((name) => [name, name === "netuid" || chosen.includes(name) ? all[name] : undefined]),
  );
}

interface Selection {
  readonly netuid: number;
  readonly metagraph_indexes: readonly number[];
}

/** Mechanism 0 is the subnet's only one. */
const mechanism = (view: BlockView, netuid: number, mechid: number) =>
  mechid === 0 ? view.state.subnets.get(netuid) : undefined;

export const metagraphMethods: readonly ApiMethod[] = [
  {
    name: "get_metagraph",
    inputs: { netuid: netUid },
    output: option(metagraph),
    call: (view, { netuid }: { netuid: number }) => one(view, view.state.subnets.get(netuid)),
  },
  {
    name: "get_subnet_state",
    inputs: { netuid: netUid },
    output: option(subnetState),
    call: (view, { netuid }: { netuid: number }) => {
      const subnet = view.state.subnets.get(netuid);
      return subnet && { ...metagraphOf(view, subnet), emission_history: [] };
    },
  },
  {
    name: "get_all_metagraphs",
    inputs: {},
    output: vec(option(metagraph)),
    call: (view) => [...view.state.subnets.values()].map((subnet) => metagraphOf(view, subnet)),
  },
  {
    name: "get_mechagraph",
    inputs: { netuid: netUid, mecid: mechId },
    output: option(metagraph),
    call: (view, { netuid, mecid }: { netuid: number; mecid: number }) =>
      one(view, mechanism(view, netuid, mecid)),
  },
  {
    name: "get_all_mechagraphs",
    inputs: {},
    output: vec(option(metagraph)),
    call: (view) => [...view.state.subnets.values()].map((subnet) => metagraphOf(view, subnet)),
  },
  {
    name: "get_selective_metagraph",
    inputs: { netuid: netUid, metagraph_indexes: vec(u16) },
    output: option(selectiveMetagraph),
    call: (view, { netuid, metagraph_indexes: indexes }: Selection) => {
      const subnet = view.state.subnets.get(netuid);
      return subnet && selectionOf(view, subnet, indexes);
    },
  },
  {
    name: "get_selective_mechagraph",
    inputs: { netuid: netUid, subid: mechId, metagraph_indexes: vec(u16) },
    output: option(selectiveMetagraph),
    call: (view, { netuid, subid, metagraph_indexes: indexes }: Selection & { subid: number }) => {
      const subnet = mechanism(view, netuid, subid);
      return subnet && selectionOf(view, subnet, indexes);
    },
  },
];

function one(view: BlockView, subnet: Subnet | undefined) {
  return subnet && metagraphOf(view, subnet);
}
