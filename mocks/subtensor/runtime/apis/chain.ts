import { accountOf } from "../../chain/state.ts";
import { newtype, option, struct } from "../../scale/composite.ts";
import { bytes, tuple, u32, u64, vec } from "../../scale/primitive.ts";
import type { AnyType } from "../../scale/type.ts";
import { bytesToHex } from "../../scale/hex.ts";
import {
  accountId,
  dispatchClass,
  multiAddress,
  multiSignature,
  runtimeVersion,
  tao,
  weight,
} from "../common-types.ts";
import { feeOf, WEIGHT } from "../fees.ts";
import { SIGNED_EXTENSIONS } from "../extensions.ts";
import type { RuntimeApi } from "../pallet.ts";
import { versionValue } from "../version.ts";

const opaqueMetadata = newtype("sp_core::OpaqueMetadata", bytes);

/** An extrinsic: bytes for whoever does not know the calls. Clients find its parts by the parameters' names. */
export function extrinsicType(call: AnyType): AnyType {
  return newtype("sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic", bytes, [
    { name: "Address", type: multiAddress },
    { name: "Call", type: call },
    { name: "Signature", type: multiSignature },
    { name: "Extra", type: extraType },
  ]);
}

export const extraType: AnyType = tuple(...SIGNED_EXTENSIONS.map(({ type }) => type));

const feeInfo = struct("pallet_transaction_payment::types::RuntimeDispatchInfo", {
  weight,
  class: dispatchClass,
  partial_fee: tao,
});

const inclusionFee = struct("pallet_transaction_payment::types::InclusionFee", {
  base_fee: tao,
  len_fee: tao,
  adjusted_weight_fee: tao,
});

const feeDetails = struct("pallet_transaction_payment::types::FeeDetails", {
  inclusion_fee: option(inclusionFee),
});

/** What every Substrate chain answers, as far as clients ask. */
export function chainApis(call: AnyType): readonly RuntimeApi[] {
  return [
    {
      name: "Core",
      methods: [
        {
          name: "version",
          inputs: {},
          output: runtimeVersion,
          call: ({ specVersion }) => versionValue(specVersion),
        },
      ],
    },
    {
      name: "Metadata",
      methods: [
        {
          name: "metadata",
          inputs: {},
          output: opaqueMetadata,
          call: (view) => bytesToHex(view.metadata(14) ?? NOTHING),
        },
        {
          name: "metadata_at_version",
          inputs: { version: u32 },
          output: option(opaqueMetadata),
          call: (view, { version }: { version: number }) => {
            const found = view.metadata(version);
            return found === null ? undefined : bytesToHex(found);
          },
        },
        { name: "metadata_versions", inputs: {}, output: vec(u32), call: () => [14, 15] },
      ],
    },
    {
      name: "AccountNonceApi",
      methods: [
        {
          name: "account_nonce",
          inputs: { account: accountId },
          output: u32,
          call: ({ state }, { account }: { account: string }) => accountOf(state, account).nonce,
        },
      ],
    },
    {
      name: "TransactionPaymentApi",
      methods: [
        {
          name: "query_info",
          inputs: { uxt: extrinsicType(call), len: u32 },
          output: feeInfo,
          call: (_, { len }: { len: number }) => ({
            weight: WEIGHT,
            class: { type: "Normal" },
            partial_fee: feeOf(len),
          }),
        },
        {
          name: "query_fee_details",
          inputs: { uxt: extrinsicType(call), len: u32 },
          output: feeDetails,
          call: (_, { len }: { len: number }) => ({
            inclusion_fee: { base_fee: 0n, len_fee: 0n, adjusted_weight_fee: feeOf(len) },
          }),
        },
        { name: "query_length_to_fee", inputs: { length: u32 }, output: tao, call: () => 0n },
      ],
    },
    { name: "AuraApi", methods: [{ name: "slot_duration", inputs: {}, output: u64, call: () => 12_000n }] },
  ];
}

const NOTHING = new Uint8Array();
