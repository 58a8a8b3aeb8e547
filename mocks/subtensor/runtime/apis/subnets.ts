import type { Subnet } from "../../chain/state.ts";
import type { BlockView } from "../../chain/view.ts";
import { option } from "../../scale/composite.ts";
import type { VariantValue } from "../../scale/composite.ts";
import { u64, vec } from "../../scale/primitive.ts";
import { textToHex } from "../../scale/hex.ts";
import { netUid, tao } from "../common-types.ts";
import type { ApiMethod, RuntimeApi } from "../pallet.ts";
import {
  dynamicInfo,
  hyperparamEntry,
  subnetHyperparams,
  subnetHyperparamsV2,
  subnetInfo,
  subnetInfoV2,
} from "../subnet-types.ts";
import {
  BURN,
  epochOf,
  HYPERPARAMS,
  MAX_UIDS,
  MORE_HYPERPARAMS,
  NETWORK_COST,
  poolOf,
  priceOf,
} from "../subnet-values.ts";
import { metagraphMethods } from "./metagraph.ts";

interface Netuid {
  readonly netuid: number;
}

/** One subnet by its netuid, and all of them. */
function forSubnets(
  single: string,
  several: string | null,
  output: ApiMethod["output"],
  shape: (subnet: Subnet, view: BlockView) => unknown,
): ApiMethod[] {
  const methods: ApiMethod[] = [
    {
      name: single,
      inputs: { netuid: netUid },
      output: option(output),
      call: (view, { netuid }: Netuid) => {
        const subnet = view.state.subnets.get(netuid);
        return subnet && shape(subnet, view);
      },
    },
  ];
  if (several !== null)
    methods.push({
      name: several,
      inputs: {},
      output: vec(option(output)),
      call: (view) => [...view.state.subnets.values()].map((subnet) => shape(subnet, view)),
    });
  return methods;
}

const infoOf = (subnet: Subnet, { number }: BlockView) => ({
  ...HYPERPARAMS,
  netuid: subnet.netuid,
  max_allowed_validators: HYPERPARAMS.max_validators,
  scaling_law_power: 50,
  subnetwork_n: subnet.neurons.length,
  max_allowed_uids: MAX_UIDS,
  blocks_since_last_step: BigInt(epochOf(subnet, number).blocksSinceLastStep),
  tempo: subnet.tempo,
  network_modality: 0,
  network_connect: [],
  emission_values: poolOf(subnet).taoEmission,
  emission_value: poolOf(subnet).taoEmission,
  burn: BURN,
  owner: subnet.ownerColdkey,
  identity: undefined,
});

const hyperparamsOf = (subnet: Subnet) => ({
  ...HYPERPARAMS,
  ...MORE_HYPERPARAMS,
  tempo: subnet.tempo,
  alpha_sigmoid_steepness: { bits: 1000n << 32n },
});

/** Every hyperparameter by name; the variant follows the value's own kind and width. */
function hyperparamList(subnet: Subnet) {
  const values = { ...HYPERPARAMS, ...MORE_HYPERPARAMS, tempo: subnet.tempo };
  return Object.entries(values).map(([name, value]) => ({
    name: textToHex(name),
    value: tagged(name, value),
  }));
}

function tagged(name: string, value: number | bigint | boolean): VariantValue {
  if (typeof value === "boolean") return { type: "Bool", value: [value] };
  if (name === "min_burn" || name === "max_burn") return { type: "TaoBalance", value: [value] };
  return { type: typeof value === "bigint" ? "U64" : "U16", value: [value] };
}

function dynamicOf(subnet: Subnet, { number }: BlockView) {
  const pool = poolOf(subnet);
  const { lastStep, blocksSinceLastStep } = epochOf(subnet, number);
  return {
    netuid: subnet.netuid,
    owner_hotkey: subnet.ownerHotkey,
    owner_coldkey: subnet.ownerColdkey,
    subnet_name: [...Buffer.from(subnet.name)],
    token_symbol: [...Buffer.from(subnet.symbol)],
    tempo: subnet.tempo,
    last_step: BigInt(lastStep),
    blocks_since_last_step: BigInt(blocksSinceLastStep),
    emission: pool.taoEmission,
    alpha_in: pool.alphaIn,
    alpha_out: pool.alphaOut,
    tao_in: pool.taoIn,
    alpha_out_emission: pool.alphaOutEmission,
    alpha_in_emission: pool.alphaInEmission,
    tao_in_emission: pool.taoEmission,
    pending_alpha_emission: 0n,
    pending_root_emission: 0n,
    subnet_volume: pool.volume,
    network_registered_at: BigInt(subnet.registeredAt),
    subnet_identity: undefined,
    moving_price: { bits: (priceOf(subnet) << 32n) / 10n ** 9n },
  };
}

export const subnetInfoApi: RuntimeApi = {
  name: "SubnetInfoRuntimeApi",
  methods: [
    ...forSubnets("get_subnet_info", "get_subnets_info", subnetInfo, infoOf),
    ...forSubnets("get_subnet_info_v2", "get_subnets_info_v2", subnetInfoV2, infoOf),
    ...forSubnets("get_subnet_hyperparams", null, subnetHyperparams, hyperparamsOf),
    ...forSubnets("get_subnet_hyperparams_v2", null, subnetHyperparamsV2, hyperparamsOf),
    ...forSubnets("get_subnet_hyperparams_v3", null, vec(hyperparamEntry), hyperparamList),
    ...forSubnets("get_dynamic_info", "get_all_dynamic_info", dynamicInfo, dynamicOf),
    ...forSubnets("get_next_epoch_start_block", null, u64, ({ netuid, tempo }, { number }) =>
      BigInt(number + tempo + 1 - epochOf({ netuid, tempo }, number).blocksSinceLastStep),
    ),
    ...metagraphMethods,
  ],
};

export const subnetRegistrationApi: RuntimeApi = {
  name: "SubnetRegistrationRuntimeApi",
  methods: [{ name: "get_network_registration_cost", inputs: {}, output: tao, call: () => NETWORK_COST }],
};
