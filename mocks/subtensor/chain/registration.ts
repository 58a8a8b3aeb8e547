import { MAX_UIDS } from "../runtime/subnet-values.ts";
import { NONE } from "./genesis.ts";
import { withCommitment, withSubnet } from "./state.ts";
import type { ChainState, Neuron, Subnet } from "./state.ts";

/** Registers a hotkey: at the end while there is room, else in the place of the neuron with the lowest score. */
export function register(
  state: ChainState,
  subnet: Subnet,
  hotkey: string,
  coldkey: string,
  block: number,
): { state: ChainState; uid: number } {
  const { neurons } = subnet;
  const uid = neurons.length < MAX_UIDS ? neurons.length : lowest(neurons);
  return { state: place(state, subnet, uid, hotkey, coldkey, block), uid };
}

/**
 * Puts a new hotkey at a uid. Who was there is deregistered, as it happens on this chain: by replacement. The commitment
 * goes with the hotkey's registration.
 */
export function place(
  state: ChainState,
  subnet: Subnet,
  uid: number,
  hotkey: string,
  coldkey: string,
  block: number,
): ChainState {
  const former = subnet.neurons[uid];
  const neurons = [...subnet.neurons];
  neurons[uid] = newcomer(hotkey, coldkey, block);
  const next = withSubnet(state, { ...subnet, neurons });
  return former === undefined ? next : withCommitment(next, subnet.netuid, former.hotkey, null);
}

function newcomer(hotkey: string, coldkey: string, block: number): Neuron {
  return {
    hotkey,
    coldkey,
    registeredAt: block,
    active: true,
    permit: false,
    alphaStake: 0n,
    taoStake: 0n,
    emission: 0n,
    scores: NONE,
    lastUpdate: block,
    axon: null,
    weights: [],
  };
}

/** The one with the lowest pruning score, and of equals the oldest. */
function lowest(neurons: readonly Neuron[]): number {
  let found = 0;
  for (const [uid, { scores }] of neurons.entries())
    if (scores.pruning < (neurons[found]?.scores.pruning ?? 0)) found = uid;
  return found;
}
