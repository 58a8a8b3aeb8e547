import { bool, tuple, vec } from "../scale/primitive.ts";
import { option, struct } from "../scale/composite.ts";
import type { Fields } from "../scale/composite.ts";
import type { AnyType } from "../scale/type.ts";
import { accountId, compact, i96f32 } from "./common-types.ts";
import { axonInfo, chainIdentity } from "./neuron-types.ts";
import { subnetIdentity } from "./subnet-types.ts";

/** subtensor 14bc6f9f9: pallets/subtensor/src/rpc_info/metagraph.rs, in its order. */

/** What a subnet says of itself. */
const OF_THE_SUBNET = {
  netuid: compact.netUid,
  name: vec(compact.u8),
  symbol: vec(compact.u8),
  identity: option(subnetIdentity),
  network_registered_at: compact.u64,
  owner_hotkey: accountId,
  owner_coldkey: accountId,
  block: compact.u64,
  tempo: compact.u16,
  last_step: compact.u64,
  blocks_since_last_step: compact.u64,
  subnet_emission: compact.u64,
  alpha_in: compact.alpha,
  alpha_out: compact.alpha,
  tao_in: compact.tao,
  alpha_out_emission: compact.alpha,
  alpha_in_emission: compact.alpha,
  tao_in_emission: compact.tao,
  pending_alpha_emission: compact.alpha,
  pending_root_emission: compact.tao,
  subnet_volume: compact.u128,
  moving_price: i96f32,
  rho: compact.u16,
  kappa: compact.u16,
  min_allowed_weights: compact.u16,
  max_weights_limit: compact.u16,
  weights_version: compact.u64,
  weights_rate_limit: compact.u64,
  activity_cutoff: compact.u64,
  max_validators: compact.u16,
  num_uids: compact.u16,
  max_uids: compact.u16,
  burn: compact.tao,
  difficulty: compact.u64,
  registration_allowed: bool,
  pow_registration_allowed: bool,
  immunity_period: compact.u16,
  min_difficulty: compact.u64,
  max_difficulty: compact.u64,
  min_burn: compact.tao,
  max_burn: compact.tao,
  adjustment_alpha: compact.u64,
  adjustment_interval: compact.u16,
  target_regs_per_interval: compact.u16,
  max_regs_per_block: compact.u16,
  serving_rate_limit: compact.u64,
  commit_reveal_weights_enabled: bool,
  commit_reveal_period: compact.u64,
  liquid_alpha_enabled: bool,
  alpha_high: compact.u16,
  alpha_low: compact.u16,
  bonds_moving_avg: compact.u64,
} as const;

/** One entry per UID. */
const PER_UID = {
  hotkeys: vec(accountId),
  coldkeys: vec(accountId),
  identities: vec(option(chainIdentity)),
  axons: vec(axonInfo),
  active: vec(bool),
  validator_permit: vec(bool),
  pruning_score: vec(compact.u16),
  last_update: vec(compact.u64),
  emission: vec(compact.alpha),
  dividends: vec(compact.u16),
  incentives: vec(compact.u16),
  consensus: vec(compact.u16),
  trust: vec(compact.u16),
  rank: vec(compact.u16),
  block_at_registration: vec(compact.u64),
  alpha_stake: vec(compact.alpha),
  tao_stake: vec(compact.tao),
  total_stake: vec(compact.tao),
  tao_dividends_per_hotkey: vec(tuple(accountId, compact.tao)),
  alpha_dividends_per_hotkey: vec(tuple(accountId, compact.alpha)),
} as const;

const FIELDS = { ...OF_THE_SUBNET, ...PER_UID } as const;

export const metagraph = struct("pallet_subtensor::rpc_info::metagraph::Metagraph", FIELDS);

/** The numbers that a selection is made of: netuid is 0, name 1 … validators 72, commitments 73. */
export const SELECTABLE: readonly string[] = [...Object.keys(FIELDS), "validators", "commitments"];

/** All fields but the first are options: only what was asked for is there. */
export const selectiveMetagraph = struct("pallet_subtensor::rpc_info::metagraph::SelectiveMetagraph", {
  ...(Object.fromEntries(
    Object.entries(FIELDS).map(([name, type]) => [name, name === "netuid" ? type : option(type as AnyType)]),
  ) as Fields),
  validators: option(vec(compact.u16)),
  commitments: option(vec(tuple(accountId, vec(compact.u8)))),
});

/** rpc_info/show_subnet.rs: the columns once more, which older SDKs read stakes from. */
export const subnetState = struct("pallet_subtensor::rpc_info::show_subnet::SubnetState", {
  netuid: compact.netUid,
  hotkeys: PER_UID.hotkeys,
  coldkeys: PER_UID.coldkeys,
  active: PER_UID.active,
  validator_permit: PER_UID.validator_permit,
  pruning_score: PER_UID.pruning_score,
  last_update: PER_UID.last_update,
  emission: PER_UID.emission,
  dividends: PER_UID.dividends,
  incentives: PER_UID.incentives,
  consensus: PER_UID.consensus,
  trust: PER_UID.trust,
  rank: PER_UID.rank,
  block_at_registration: PER_UID.block_at_registration,
  alpha_stake: PER_UID.alpha_stake,
  tao_stake: PER_UID.tao_stake,
  total_stake: PER_UID.total_stake,
  emission_history: vec(vec(compact.alpha)),
});
