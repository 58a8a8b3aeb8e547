import type { FaultHit } from "../../core/mock.ts";
import { bytesToHex, blake256 } from "../scale/hex.ts";
import { rawData } from "./genesis.ts";
import { place } from "./registration.ts";
import { commitmentKey, withCommitment, withNeuron, withSubnet } from "./state.ts";
import type { ChainState, Commitment, Neuron } from "./state.ts";

/** What a fault has changed, and what to put back when it ends. */
interface Flip {
  readonly netuid: number;
  readonly neurons: readonly (readonly [uid: number, before: Neuron])[];
  readonly commitments: readonly (readonly [hotkey: string, before: Commitment | null])[];
}

/** By the fault's identity. A block holds those in force, so that a reorg takes them back too. */
export type Flips = ReadonlyMap<string, Flip>;

export const FLIPPING = ["metagraph.flip", "uid.reuse", "commitment"] as const;
type Flipping = (typeof FLIPPING)[number];

export interface StandingFlip {
  readonly kind: Flipping;
  readonly hit: FaultHit;
}

interface FlipParams {
  readonly netuid: number;
  readonly uid: number;
  readonly what: "validator_permit" | "deregister" | "stake";
  readonly by: number;
  readonly other: number;
  readonly how: "missing" | "old" | "tooLong" | "badUtf8";
}

const UNIT = 1_000_000_000n;

/** Puts back what ended faults had changed, then lets new ones change the state. */
export function flip(
  state: ChainState,
  flips: Flips,
  standing: readonly StandingFlip[],
  block: number,
): { state: ChainState; flips: Flips } {
  const wanted = new Map(standing.map((it) => [identity(it), it]));
  let next = state;
  const kept = new Map<string, Flip>();
  for (const [id, done] of flips) {
    if (wanted.has(id)) kept.set(id, done);
    else next = putBack(next, done);
  }
  for (const [id, it] of wanted) {
    if (kept.has(id)) continue;
    const params = it.hit.params as unknown as FlipParams;
    const remembered = remember(next, it.kind, params);
    if (remembered === null) continue;
    kept.set(id, remembered);
    next = change(next, it, params, block);
  }
  return { state: next, flips: kept };
}

const identity = ({ kind, hit: { id, params } }: StandingFlip) => `${kind}/${id}/${JSON.stringify(params)}`;

/** Null: there is no such neuron. */
function remember(state: ChainState, kind: Flipping, { netuid, uid, other }: FlipParams): Flip | null {
  const subnet = state.subnets.get(netuid);
  const uids = kind === "uid.reuse" ? [uid, other] : [uid];
  const neurons = uids.flatMap((at) => {
    const neuron = subnet?.neurons[at];
    return neuron === undefined ? [] : [[at, neuron] as const];
  });
  if (neurons.length !== uids.length) return null;
  const commitments = neurons.map(([, { hotkey }]) => {
    return [hotkey, state.commitments.get(commitmentKey(netuid, hotkey)) ?? null] as const;
  });
  return { netuid, neurons, commitments };
}

function putBack(state: ChainState, { netuid, neurons, commitments }: Flip): ChainState {
  let next = state;
  const subnet = next.subnets.get(netuid);
  if (subnet !== undefined) {
    const restored = neurons.reduce((all, [uid, before]) => withNeuron(all, uid, before), subnet);
    next = withSubnet(next, restored);
  }
  for (const [hotkey, before] of commitments) next = withCommitment(next, netuid, hotkey, before);
  return next;
}

function change(
  state: ChainState,
  { kind, hit }: StandingFlip,
  params: FlipParams,
  block: number,
): ChainState {
  const { netuid, uid, other } = params;
  const subnet = state.subnets.get(netuid);
  const neuron = subnet?.neurons[uid];
  if (subnet === undefined || neuron === undefined) return state;
  if (kind === "commitment")
    return withCommitment(
      state,
      netuid,
      neuron.hotkey,
      commitmentOf(state, netuid, neuron.hotkey, params.how, block),
    );
  if (kind === "uid.reuse") {
    const second = subnet.neurons[other];
    if (second === undefined) return state;
    const swapped = withNeuron(withNeuron(subnet, uid, { ...second, registeredAt: block }), other, {
      ...neuron,
      registeredAt: block,
    });
    return withSubnet(state, swapped);
  }
  switch (params.what) {
    case "validator_permit":
      return withSubnet(state, withNeuron(subnet, uid, { permit: !neuron.permit }));
    case "stake": {
      const stake = neuron.alphaStake + (BigInt(Math.round(params.by * 1_000)) * UNIT) / 1_000n;
      return withSubnet(state, withNeuron(subnet, uid, { alphaStake: stake < 0n ? 0n : stake }));
    }
    case "deregister":
      return place(state, subnet, uid, stranger(hit.id, "hotkey"), stranger(hit.id, "coldkey"), block);
  }
}

/** An account that nobody knows, always the same for the same fault. */
const stranger = (id: string, what: string) => bytesToHex(blake256(Buffer.from(`${what} of ${id}`)));

/** The most that a commitment's one big field holds (MAX_BIGRAW_COMMITMENT_SIZE_BYTES of subtensor 14bc6f9f9). */
const MOST_BYTES = 512;
const OLD_BLOCKS = 50_000;

function commitmentOf(
  state: ChainState,
  netuid: number,
  hotkey: string,
  how: FlipParams["how"],
  block: number,
): Commitment | null {
  const present = state.commitments.get(commitmentKey(netuid, hotkey)) ?? {
    block,
    fields: [rawData("hello")],
  };
  switch (how) {
    case "missing":
      return null;
    case "old":
      return { ...present, block: Math.max(0, present.block - OLD_BLOCKS) };
    case "tooLong":
      return { block, fields: [{ type: "BigRaw", value: [bytesToHex(Buffer.alloc(MOST_BYTES, "x"))] }] };
    case "badUtf8":
      return { block, fields: [{ type: "Raw4", value: ["0xc328fffe"] }] };
  }
}
