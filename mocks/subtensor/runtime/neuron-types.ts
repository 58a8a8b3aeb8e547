import { bool, bytes, tuple, u8, u16, u32, u64, u128, vec } from "../scale/primitive.ts";
import { struct } from "../scale/composite.ts";
import { accountId, compact } from "./common-types.ts";

/** subtensor 14bc6f9f9: pallets/subtensor/src/lib.rs and rpc_info/neuron_info.rs. */
const at = (name: string) => `pallet_subtensor::${name}`;

export const axonInfo = struct(at("pallet::AxonInfo"), {
  block: u64,
  version: u32,
  ip: u128,
  port: u16,
  ip_type: u8,
  protocol: u8,
  placeholder1: u8,
  placeholder2: u8,
});

export const prometheusInfo = struct(at("pallet::PrometheusInfo"), {
  block: u64,
  version: u32,
  ip: u128,
  port: u16,
  ip_type: u8,
});

export const chainIdentity = struct(at("pallet::ChainIdentityV2"), {
  name: bytes,
  url: bytes,
  github_repo: bytes,
  image: bytes,
  discord: bytes,
  description: bytes,
  additional: bytes,
});

const lite = {
  hotkey: accountId,
  coldkey: accountId,
  uid: compact.u16,
  netuid: compact.netUid,
  active: bool,
  axon_info: axonInfo,
  prometheus_info: prometheusInfo,
  stake: vec(tuple(accountId, compact.alpha)),
  rank: compact.u16,
  emission: compact.alpha,
  incentive: compact.u16,
  consensus: compact.u16,
  trust: compact.u16,
  validator_trust: compact.u16,
  dividends: compact.u16,
  last_update: compact.u64,
  validator_permit: bool,
} as const;

export const neuronInfoLite = struct(at("rpc_info::neuron_info::NeuronInfoLite"), {
  ...lite,
  pruning_score: compact.u16,
});

export const neuronInfo = struct(at("rpc_info::neuron_info::NeuronInfo"), {
  ...lite,
  weights: vec(tuple(compact.u16, compact.u16)),
  bonds: vec(tuple(compact.u16, compact.u16)),
  pruning_score: compact.u16,
});
