import type { Neuron } from "../../chain/state.ts";
import type { BlockView } from "../../chain/view.ts";
import { option } from "../../scale/composite.ts";
import { u16, vec } from "../../scale/primitive.ts";
import { netUid } from "../common-types.ts";
import { neuronInfo, neuronInfoLite } from "../neuron-types.ts";
import { axonValue } from "../pallets/hotkey-storage.ts";
import type { RuntimeApi } from "../pallet.ts";

const NO_PROMETHEUS = { block: 0n, version: 0, ip: 0n, port: 0, ip_type: 0 };

function lite(netuid: number, uid: number, neuron: Neuron) {
  const { scores } = neuron;
  return {
    hotkey: neuron.hotkey,
    coldkey: neuron.coldkey,
    uid,
    netuid,
    active: neuron.active,
    axon_info: axonValue(neuron.axon),
    prometheus_info: NO_PROMETHEUS,
    stake: [[neuron.coldkey, neuron.alphaStake + neuron.taoStake] as [string, bigint]],
    rank: scores.rank,
    emission: neuron.emission,
    incentive: scores.incentive,
    consensus: scores.consensus,
    trust: scores.trust,
    validator_trust: scores.validatorTrust,
    dividends: scores.dividends,
    last_update: BigInt(neuron.lastUpdate),
    validator_permit: neuron.permit,
    pruning_score: scores.pruning,
  };
}

const full = (netuid: number, uid: number, neuron: Neuron) => ({
  ...lite(netuid, uid, neuron),
  weights: neuron.weights.map(([to, value]) => [to, value] as [number, number]),
  bonds: [],
});

type Shape = (netuid: number, uid: number, neuron: Neuron) => unknown;

const all =
  (shape: Shape) =>
  (view: BlockView, { netuid }: { netuid: number }) =>
    view.state.subnets.get(netuid)?.neurons.map((neuron, uid) => shape(netuid, uid, neuron)) ?? [];

const single =
  (shape: Shape) =>
  (view: BlockView, { netuid, uid }: { netuid: number; uid: number }) => {
    const neuron = view.state.subnets.get(netuid)?.neurons[uid];
    return neuron && shape(netuid, uid, neuron);
  };

export const neuronInfoApi: RuntimeApi = {
  name: "NeuronInfoRuntimeApi",
  methods: [
    { name: "get_neurons", inputs: { netuid: netUid }, output: vec(neuronInfo), call: all(full) },
    {
      name: "get_neuron",
      inputs: { netuid: netUid, uid: u16 },
      output: option(neuronInfo),
      call: single(full),
    },
    { name: "get_neurons_lite", inputs: { netuid: netUid }, output: vec(neuronInfoLite), call: all(lite) },
    {
      name: "get_neuron_lite",
      inputs: { netuid: netUid, uid: u16 },
      output: option(neuronInfoLite),
      call: single(lite),
    },
  ],
};
