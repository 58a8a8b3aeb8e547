import { bool, bytes, u64, vec } from "../scale/primitive.ts";
import { option, struct, variant } from "../scale/composite.ts";
import { accountId, alpha, compact, i32f32, i96f32, netUid, tao, u16Pair, u64f64 } from "./common-types.ts";

/** subtensor 14bc6f9f9: pallets/subtensor/src/rpc_info/{subnet_info,dynamic_info,stake_info}.rs. */
const at = (name: string) => `pallet_subtensor::${name}`;

export const subnetIdentity = struct(at("pallet::SubnetIdentityV3"), {
  subnet_name: bytes,
  github_repo: bytes,
  subnet_contact: bytes,
  subnet_url: bytes,
  discord: bytes,
  description: bytes,
  logo_url: bytes,
  additional: bytes,
});

const subnetInfoFields = {
  netuid: compact.netUid,
  rho: compact.u16,
  kappa: compact.u16,
  difficulty: compact.u64,
  immunity_period: compact.u16,
  max_allowed_validators: compact.u16,
  min_allowed_weights: compact.u16,
  max_weights_limit: compact.u16,
  scaling_law_power: compact.u16,
  subnetwork_n: compact.u16,
  max_allowed_uids: compact.u16,
  blocks_since_last_step: compact.u64,
  tempo: compact.u16,
  network_modality: compact.u16,
  network_connect: vec(u16Pair),
} as const;

export const subnetInfo = struct(at("rpc_info::subnet_info::SubnetInfo"), {
  ...subnetInfoFields,
  emission_values: compact.u64,
  burn: compact.tao,
  owner: accountId,
});

export const subnetInfoV2 = struct(at("rpc_info::subnet_info::SubnetInfov2"), {
  ...subnetInfoFields,
  emission_value: compact.u64,
  burn: compact.tao,
  owner: accountId,
  identity: option(subnetIdentity),
});

const hyperparams = {
  rho: compact.u16,
  kappa: compact.u16,
  immunity_period: compact.u16,
  min_allowed_weights: compact.u16,
  max_weights_limit: compact.u16,
  tempo: compact.u16,
  min_difficulty: compact.u64,
  max_difficulty: compact.u64,
  weights_version: compact.u64,
  weights_rate_limit: compact.u64,
  adjustment_interval: compact.u16,
  activity_cutoff: compact.u64,
  registration_allowed: bool,
  target_regs_per_interval: compact.u16,
  min_burn: compact.tao,
  max_burn: compact.tao,
  bonds_moving_avg: compact.u64,
  max_regs_per_block: compact.u16,
  serving_rate_limit: compact.u64,
  max_validators: compact.u16,
  adjustment_alpha: compact.u64,
  difficulty: compact.u64,
  commit_reveal_period: compact.u64,
  commit_reveal_weights_enabled: bool,
  alpha_high: compact.u16,
  alpha_low: compact.u16,
  liquid_alpha_enabled: bool,
} as const;

export const subnetHyperparams = struct(at("rpc_info::subnet_info::SubnetHyperparams"), hyperparams);

export const subnetHyperparamsV2 = struct(at("rpc_info::subnet_info::SubnetHyperparamsV2"), {
  ...hyperparams,
  alpha_sigmoid_steepness: i32f32,
  yuma_version: compact.u16,
  subnet_is_active: bool,
  transfers_enabled: bool,
  bonds_reset_enabled: bool,
  user_liquidity_enabled: bool,
});

const hyperparamValue = variant(at("rpc_info::subnet_info::HyperparamValue"), {
  Bool: [0, [bool]],
  U16: [1, [compact.u16]],
  U32: [2, [compact.u32]],
  U64: [3, [compact.u64]],
  U128: [4, [compact.u128]],
  TaoBalance: [5, [compact.tao]],
  I32F32: [6, [i32f32]],
  U64F64: [7, [u64f64]],
});

/** By name, so that clients need no layout: `SubnetHyperparamsV3` is a list of these. */
export const hyperparamEntry = struct(at("rpc_info::subnet_info::HyperparamEntry"), {
  name: bytes,
  value: hyperparamValue,
});

export const dynamicInfo = struct(at("rpc_info::dynamic_info::DynamicInfo"), {
  netuid: compact.netUid,
  owner_hotkey: accountId,
  owner_coldkey: accountId,
  subnet_name: vec(compact.u8),
  token_symbol: vec(compact.u8),
  tempo: compact.u16,
  last_step: compact.u64,
  blocks_since_last_step: compact.u64,
  emission: compact.u64,
  alpha_in: compact.alpha,
  alpha_out: compact.alpha,
  tao_in: compact.tao,
  alpha_out_emission: compact.alpha,
  alpha_in_emission: compact.alpha,
  tao_in_emission: compact.tao,
  pending_alpha_emission: compact.alpha,
  pending_root_emission: compact.tao,
  subnet_volume: compact.u128,
  network_registered_at: compact.u64,
  subnet_identity: option(subnetIdentity),
  moving_price: i96f32,
});

export const stakeInfo = struct(at("rpc_info::stake_info::StakeInfo"), {
  hotkey: accountId,
  coldkey: accountId,
  netuid: compact.netUid,
  stake: compact.alpha,
  locked: compact.u64,
  emission: compact.alpha,
  tao_emission: compact.tao,
  drain: compact.u64,
  is_registered: bool,
});

export const subnetPrice = struct("pallet_subtensor_swap_runtime_api::SubnetPrice", {
  netuid: netUid,
  price: u64,
});

export const simSwapResult = struct("pallet_subtensor_swap_runtime_api::SimSwapResult", {
  tao_amount: tao,
  alpha_amount: alpha,
  tao_fee: tao,
  alpha_fee: alpha,
  tao_slippage: tao,
  alpha_slippage: alpha,
});
