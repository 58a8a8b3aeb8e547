import { DispatchFailure } from "../../chain/dispatch.ts";
import type { Dispatch } from "../../chain/dispatch.ts";
import { register } from "../../chain/registration.ts";
import { uidOf, withNeuron, withSubnet } from "../../chain/state.ts";
import type { Neuron, Subnet } from "../../chain/state.ts";
import { u8, u16, u32, u64, u128, vec } from "../../scale/primitive.ts";
import { accountId, alpha, netUid, tao } from "../common-types.ts";
import type { Call } from "../pallet.ts";
import { BURN, HYPERPARAMS, priceOf } from "../subnet-values.ts";
import { give, take } from "./balances.ts";

const UNIT = 1_000_000_000n;
/** Rao: the least stake (DefaultMinStake of subtensor 14bc6f9f9). */
const MIN_STAKE = 2_000_000n;

const fail = (error: string) => new DispatchFailure("SubtensorModule", error);

/** The calls that the mock carries out; numbers and fields as macros/dispatches.rs of subtensor 14bc6f9f9. */
export const subtensorCalls: readonly Call[] = [
  {
    index: 0,
    name: "set_weights",
    fields: { netuid: netUid, dests: vec(u16), weights: vec(u16), version_key: u64 },
    free: true,
    apply: setWeights,
  },
  {
    index: 2,
    name: "add_stake",
    fields: { hotkey: accountId, netuid: netUid, amount_staked: tao },
    apply: (dispatch, { hotkey, netuid, amount_staked: amount }: Stake & { amount_staked: bigint }) => {
      const { subnet, uid, neuron } = member(dispatch, netuid, hotkey);
      if (amount < MIN_STAKE) throw fail("AmountTooLow");
      take(dispatch, dispatch.signer, amount);
      const bought = (amount * UNIT) / priceOf(subnet);
      change(dispatch, subnet, uid, { alphaStake: neuron.alphaStake + bought });
      staked(dispatch, "StakeAdded", hotkey, amount, bought, netuid);
    },
  },
  {
    index: 3,
    name: "remove_stake",
    fields: { hotkey: accountId, netuid: netUid, amount_unstaked: alpha },
    apply: (dispatch, { hotkey, netuid, amount_unstaked: amount }: Stake & { amount_unstaked: bigint }) => {
      const { subnet, uid, neuron } = member(dispatch, netuid, hotkey);
      if (neuron.coldkey !== dispatch.signer) throw fail("NonAssociatedColdKey");
      if (neuron.alphaStake < amount) throw fail("NotEnoughStakeToWithdraw");
      const got = (amount * priceOf(subnet)) / UNIT;
      change(dispatch, subnet, uid, { alphaStake: neuron.alphaStake - amount });
      give(dispatch, dispatch.signer, got);
      staked(dispatch, "StakeRemoved", hotkey, got, amount, netuid);
    },
  },
  {
    index: 4,
    name: "serve_axon",
    fields: {
      netuid: netUid,
      version: u32,
      ip: u128,
      port: u16,
      ip_type: u8,
      protocol: u8,
      placeholder1: u8,
      placeholder2: u8,
    },
    free: true,
    apply: serveAxon,
  },
  {
    index: 7,
    name: "burned_register",
    fields: { netuid: netUid, hotkey: accountId },
    apply: (dispatch, { netuid, hotkey }: Stake) => {
      const subnet = subnetOf(dispatch, netuid);
      if (uidOf(subnet, hotkey) !== -1) throw fail("HotKeyAlreadyRegisteredInSubNet");
      take(dispatch, dispatch.signer, BURN);
      const { state, uid } = register(dispatch.state, subnet, hotkey, dispatch.signer, dispatch.block);
      dispatch.state = state;
      dispatch.emit({
        pallet: "SubtensorModule",
        event: { type: "NeuronRegistered", value: [netuid, uid, hotkey] },
      });
    },
  },
];

interface Stake {
  readonly hotkey: string;
  readonly netuid: number;
}

function subnetOf({ state }: Dispatch, netuid: number): Subnet {
  const subnet = state.subnets.get(netuid);
  if (subnet === undefined) throw fail("SubnetNotExists");
  return subnet;
}

function member(dispatch: Dispatch, netuid: number, hotkey: string) {
  const subnet = subnetOf(dispatch, netuid);
  const uid = uidOf(subnet, hotkey);
  const neuron = subnet.neurons[uid];
  if (neuron === undefined) throw fail("HotKeyNotRegisteredInSubNet");
  return { subnet, uid, neuron };
}

function change(dispatch: Dispatch, subnet: Subnet, uid: number, values: Partial<Neuron>): void {
  dispatch.state = withSubnet(dispatch.state, withNeuron(subnet, uid, values));
}

function staked(
  dispatch: Dispatch,
  type: "StakeAdded" | "StakeRemoved",
  hotkey: string,
  rao: bigint,
  amount: bigint,
  netuid: number,
): void {
  const value = [dispatch.signer, hotkey, rao, amount, netuid, 0n];
  dispatch.emit({ pallet: "SubtensorModule", event: { type, value } });
}

interface SetWeights {
  readonly netuid: number;
  readonly dests: readonly number[];
  readonly weights: readonly number[];
}

function setWeights(dispatch: Dispatch, { netuid, dests, weights }: SetWeights): void {
  const { subnet, uid, neuron } = member(dispatch, netuid, dispatch.signer);
  if (dests.length !== weights.length) throw fail("WeightVecNotEqualSize");
  if (dests.some((dest) => dest >= subnet.neurons.length)) throw fail("UidVecContainInvalidOne");
  if (!neuron.permit && (dests.length !== 1 || dests[0] !== uid)) throw fail("NeuronNoValidatorPermit");
  if (
    neuron.weights.length > 0 &&
    dispatch.block - neuron.lastUpdate < Number(HYPERPARAMS.weights_rate_limit)
  )
    throw fail("SettingWeightsTooFast");
  const pairs = dests.map((dest, at) => [dest, weights[at] ?? 0] as const);
  change(dispatch, subnet, uid, { weights: pairs, lastUpdate: dispatch.block });
  dispatch.emit({ pallet: "SubtensorModule", event: { type: "WeightsSet", value: [netuid, uid] } });
}

interface ServeAxon {
  readonly netuid: number;
  readonly version: number;
  readonly ip: bigint;
  readonly port: number;
  readonly ip_type: number;
  readonly protocol: number;
}

function serveAxon(
  dispatch: Dispatch,
  { netuid, version, ip, port, ip_type: ipType, protocol }: ServeAxon,
): void {
  const { subnet, uid, neuron } = member(dispatch, netuid, dispatch.signer);
  if (ip === 0n) throw fail("InvalidIpAddress");
  if (port === 0) throw fail("InvalidPort");
  const block = dispatch.block;
  if (neuron.axon !== null && block - neuron.axon.block < Number(HYPERPARAMS.serving_rate_limit))
    throw fail("ServingRateLimitExceeded");
  change(dispatch, subnet, uid, { axon: { block, version, ip, port, ipType, protocol } });
  dispatch.emit({
    pallet: "SubtensorModule",
    event: { type: "AxonServed", value: [netuid, dispatch.signer] },
  });
}
