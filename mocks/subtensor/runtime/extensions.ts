import { empty, newtype, struct } from "../scale/composite.ts";
import { u32, unit } from "../scale/primitive.ts";
import type { AnyType } from "../scale/type.ts";
import { compact, era, h256, metadataHashMode, optionalHash } from "./common-types.ts";

/** A signed extension: what stands in the extrinsic, and what is signed beside it. */
export interface SignedExtension {
  readonly identifier: string;
  readonly type: AnyType;
  readonly additional: AnyType;
}

/**
 * subtensor 14bc6f9f9, runtime/src/lib.rs, TxExtension, in its order. One name differs: that source says
 * ChargeTransactionPaymentWrapper, which bittensor 11.3 refuses to sign for and polkadot.js leaves out.
 */
export const SIGNED_EXTENSIONS: readonly SignedExtension[] = [
  bare("CheckNonZeroSender", "frame_system::extensions::check_non_zero_sender"),
  { ...bare("CheckSpecVersion", "frame_system::extensions::check_spec_version"), additional: u32 },
  { ...bare("CheckTxVersion", "frame_system::extensions::check_tx_version"), additional: u32 },
  { ...bare("CheckGenesis", "frame_system::extensions::check_genesis"), additional: h256 },
  {
    identifier: "CheckMortality",
    type: newtype("node_subtensor_runtime::check_mortality::CheckMortality", era),
    additional: h256,
  },
  {
    identifier: "CheckNonce",
    type: newtype("node_subtensor_runtime::check_nonce::CheckNonce", compact.u32),
    additional: unit,
  },
  bare("CheckWeight", "frame_system::extensions::check_weight"),
  {
    identifier: "ChargeTransactionPayment",
    type: newtype("pallet_transaction_payment::ChargeTransactionPayment", compact.tao),
    additional: unit,
  },
  bare("SudoTransactionExtension", "node_subtensor_runtime::sudo_wrapper"),
  bare("CheckShieldedTxValidity", "pallet_shield::extension"),
  bare("SubtensorTransactionExtension", "pallet_subtensor::extensions::subtensor"),
  bare("DrandPriority", "pallet_drand::drand_priority"),
  {
    identifier: "CheckMetadataHash",
    type: struct("frame_metadata_hash_extension::CheckMetadataHash", { mode: metadataHashMode }),
    additional: optionalHash,
  },
];

function bare(identifier: string, module: string): SignedExtension {
  return { identifier, type: empty(`${module}::${identifier}`), additional: unit };
}
