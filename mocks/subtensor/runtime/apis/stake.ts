import type { BlockView } from "../../chain/view.ts";
import { option, struct } from "../../scale/composite.ts";
import { tuple, u64, vec } from "../../scale/primitive.ts";
import { accountId, alpha, compact, netUid, tao } from "../common-types.ts";
import type { RuntimeApi } from "../pallet.ts";
import { members } from "../pallets/hotkey-storage.ts";
import { simSwapResult, stakeInfo, subnetPrice } from "../subnet-types.ts";
import { priceOf } from "../subnet-values.ts";

const UNIT = 1_000_000_000n;
const DAY_OF_EMISSION = 7_200n;

/** The stakes that a coldkey has on its own hotkeys; the mock keeps no stake of others. */
function stakesOf(view: BlockView, coldkey: string) {
  return members(view)
    .filter(({ neuron }) => neuron.coldkey === coldkey)
    .map(({ netuid, neuron }) => ({
      hotkey: neuron.hotkey,
      coldkey,
      netuid,
      stake: neuron.alphaStake,
      locked: 0n,
      emission: neuron.emission,
      tao_emission: 0n,
      drain: 0n,
      is_registered: true,
    }));
}

export const stakeInfoApi: RuntimeApi = {
  name: "StakeInfoRuntimeApi",
  methods: [
    {
      name: "get_stake_info_for_coldkey",
      inputs: { coldkey_account: accountId },
      output: vec(stakeInfo),
      call: (view, { coldkey_account: coldkey }: { coldkey_account: string }) => stakesOf(view, coldkey),
    },
    {
      name: "get_stake_info_for_coldkeys",
      inputs: { coldkey_accounts: vec(accountId) },
      output: vec(tuple(accountId, vec(stakeInfo))),
      call: (view, { coldkey_accounts: coldkeys }: { coldkey_accounts: string[] }) =>
        coldkeys.map((coldkey) => [coldkey, stakesOf(view, coldkey)]),
    },
    {
      name: "get_stake_info_for_hotkey_coldkey_netuid",
      inputs: { hotkey_account: accountId, coldkey_account: accountId, netuid: netUid },
      output: option(stakeInfo),
      call: (view, query: { hotkey_account: string; coldkey_account: string; netuid: number }) =>
        stakesOf(view, query.coldkey_account).find(
          ({ hotkey, netuid }) => hotkey === query.hotkey_account && netuid === query.netuid,
        ),
    },
    {
      name: "get_stake_fee",
      inputs: {
        origin: option(tuple(accountId, netUid)),
        origin_coldkey_account: accountId,
        destination: option(tuple(accountId, netUid)),
        destination_coldkey_account: accountId,
        amount: u64,
      },
      output: u64,
      call: () => 0n,
    },
  ],
};

const delegateInfo = struct("pallet_subtensor::rpc_info::delegate_info::DelegateInfo", {
  delegate_ss58: accountId,
  take: compact.u16,
  nominators: vec(tuple(accountId, vec(tuple(compact.netUid, compact.u64)))),
  owner_ss58: accountId,
  registrations: vec(compact.netUid),
  validator_permits: vec(compact.netUid),
  return_per_1000: compact.u64,
  total_daily_return: compact.u64,
});

/** A hotkey with a permit anywhere is a delegate. */
function delegatesOf(view: BlockView) {
  const byHotkey = Map.groupBy(members(view), ({ neuron }) => neuron.hotkey);
  return [...byHotkey].flatMap(([hotkey, places]) => {
    const permits = places.filter(({ neuron }) => neuron.permit);
    const owner = places[0]?.neuron.coldkey;
    if (permits.length === 0 || owner === undefined) return [];
    const emission = places.reduce((sum, { neuron }) => sum + neuron.emission, 0n);
    return [
      {
        delegate_ss58: hotkey,
        take: 11_796,
        nominators: [[owner, places.map(({ netuid, neuron }) => [netuid, neuron.alphaStake])]],
        owner_ss58: owner,
        registrations: places.map(({ netuid }) => netuid),
        validator_permits: permits.map(({ netuid }) => netuid),
        return_per_1000: 0n,
        total_daily_return: (emission * DAY_OF_EMISSION) / 360n,
      },
    ];
  });
}

export const delegateInfoApi: RuntimeApi = {
  name: "DelegateInfoRuntimeApi",
  methods: [
    { name: "get_delegates", inputs: {}, output: vec(delegateInfo), call: delegatesOf },
    {
      name: "get_delegate",
      inputs: { delegate_account: accountId },
      output: option(delegateInfo),
      call: (view, { delegate_account: hotkey }: { delegate_account: string }) =>
        delegatesOf(view).find(({ delegate_ss58: key }) => key === hotkey),
    },
  ],
};

/** Prices stand still and there is no slippage: the mock has no market. */
export const swapApi: RuntimeApi = {
  name: "SwapRuntimeApi",
  methods: [
    {
      name: "current_alpha_price",
      inputs: { netuid: netUid },
      output: u64,
      call: (view, { netuid }: { netuid: number }) => price(view, netuid),
    },
    {
      name: "current_alpha_price_all",
      inputs: {},
      output: vec(subnetPrice),
      call: ({ state }) =>
        [...state.subnets.values()].map((subnet) => ({ netuid: subnet.netuid, price: priceOf(subnet) })),
    },
    {
      name: "sim_swap_tao_for_alpha",
      inputs: { netuid: netUid, tao },
      output: simSwapResult,
      call: (view, { netuid, tao: amount }: { netuid: number; tao: bigint }) => {
        const rate = price(view, netuid);
        return swap(amount, rate === 0n ? 0n : (amount * UNIT) / rate);
      },
    },
    {
      name: "sim_swap_alpha_for_tao",
      inputs: { netuid: netUid, alpha },
      output: simSwapResult,
      call: (view, { netuid, alpha: amount }: { netuid: number; alpha: bigint }) =>
        swap((amount * price(view, netuid)) / UNIT, amount),
    },
  ],
};

function price({ state }: BlockView, netuid: number): bigint {
  const subnet = state.subnets.get(netuid);
  return subnet === undefined ? 0n : priceOf(subnet);
}

const swap = (rao: bigint, amount: bigint) => ({
  tao_amount: rao,
  alpha_amount: amount,
  tao_fee: 0n,
  alpha_fee: 0n,
  tao_slippage: 0n,
  alpha_slippage: 0n,
});
