import type { VariantValue } from "../scale/composite.ts";

/** What the chain stores, at one block. Never changed in place: a block holds on to the state that it made. */
export interface ChainState {
  /** By account: 32 bytes as `0x` hex, as everywhere here. */
  readonly accounts: ReadonlyMap<string, Account>;
  /** By netuid, ascending. */
  readonly subnets: ReadonlyMap<number, Subnet>;
  /** By `commitmentKey`. */
  readonly commitments: ReadonlyMap<string, Commitment>;
}

export interface Account {
  readonly nonce: number;
  /** Rao. */
  readonly free: bigint;
}

export interface Subnet {
  readonly netuid: number;
  readonly name: string;
  readonly symbol: string;
  readonly ownerHotkey: string;
  readonly ownerColdkey: string;
  readonly registeredAt: number;
  /** Blocks of an epoch, less one. */
  readonly tempo: number;
  /** By uid. */
  readonly neurons: readonly Neuron[];
}

export interface Neuron {
  readonly hotkey: string;
  readonly coldkey: string;
  readonly registeredAt: number;
  readonly active: boolean;
  readonly permit: boolean;
  /** 10⁻⁹ of the subnet's token; rao. */
  readonly alphaStake: bigint;
  readonly taoStake: bigint;
  readonly emission: bigint;
  /** Scores: 0 to 65535. */
  readonly scores: Scores;
  readonly lastUpdate: number;
  readonly axon: Axon | null;
  /** Pairs of uid and weight. */
  readonly weights: readonly (readonly [number, number])[];
}

export interface Scores {
  readonly rank: number;
  readonly trust: number;
  readonly consensus: number;
  readonly incentive: number;
  readonly dividends: number;
  readonly validatorTrust: number;
  readonly pruning: number;
}

export interface Axon {
  readonly block: number;
  readonly version: number;
  /** As a number, whatever the type. */
  readonly ip: bigint;
  readonly port: number;
  readonly ipType: number;
  readonly protocol: number;
}

export interface Commitment {
  readonly block: number;
  /** Values of the runtime's `Data`: `{ type: "Raw5", value: ["0x…"] }`. */
  readonly fields: readonly VariantValue[];
}

export const commitmentKey = (netuid: number, hotkey: string) => `${netuid}/${hotkey}`;

const NOBODY: Account = { nonce: 0, free: 0n };

export function accountOf({ accounts }: ChainState, id: string): Account {
  return accounts.get(id) ?? NOBODY;
}

export function withAccount(state: ChainState, id: string, account: Account): ChainState {
  return { ...state, accounts: new Map(state.accounts).set(id, account) };
}

export function withSubnet(state: ChainState, subnet: Subnet): ChainState {
  return { ...state, subnets: new Map(state.subnets).set(subnet.netuid, subnet) };
}

export function withCommitment(
  state: ChainState,
  netuid: number,
  hotkey: string,
  commitment: Commitment | null,
): ChainState {
  const commitments = new Map(state.commitments);
  if (commitment === null) commitments.delete(commitmentKey(netuid, hotkey));
  else commitments.set(commitmentKey(netuid, hotkey), commitment);
  return { ...state, commitments };
}

/** The subnet with one neuron changed. */
export function withNeuron(subnet: Subnet, uid: number, change: Partial<Neuron>): Subnet {
  const neurons = subnet.neurons.map((neuron, at) => (at === uid ? { ...neuron, ...change } : neuron));
  return { ...subnet, neurons };
}

/** The uid of a hotkey, or -1. */
export function uidOf(subnet: Subnet, hotkey: string): number {
  return subnet.neurons.findIndex((neuron) => neuron.hotkey === hotkey);
}
