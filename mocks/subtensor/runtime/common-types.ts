import {
  array,
  bytes,
  compactBig,
  compactNumber,
  fixedBytes,
  tuple,
  u8,
  u16,
  u32,
  u64,
  u128,
  unit,
  vec,
} from "../scale/primitive.ts";
import { newtype, option, struct, variant } from "../scale/composite.ts";
import type { VariantFields } from "../scale/composite.ts";
import type { AnyType } from "../scale/type.ts";

/** Names and layouts as the runtime of opentensor/subtensor 14bc6f9f9 (spec 425) has them. */

/** 32 bytes as hex. */
export const accountId = newtype("sp_core::crypto::AccountId32", fixedBytes(32));
export const h256 = newtype("primitive_types::H256", fixedBytes(32));

/** The runtime's own names for plain integers: its metadata shows the integer. */
const named = <T extends AnyType>(type: T, label: string): T => ({ ...type, label });

export const netUid = named(u16, "NetUid");
export const netUidStorageIndex = named(u16, "NetUidStorageIndex");
export const mechId = named(u8, "MechId");
/** Rao: 10⁻⁹ TAO. */
export const tao = named(u64, "TaoBalance");
/** 10⁻⁹ of a subnet's own token. */
export const alpha = named(u64, "AlphaBalance");

export const compact = {
  u8: compactNumber(u8),
  u16: compactNumber(u16),
  u32: compactNumber(u32),
  u64: compactBig(u64),
  u128: compactBig(u128),
  netUid: compactNumber(netUid),
  tao: compactBig(tao),
  alpha: compactBig(alpha),
} as const;

/** Fixed point with 32 or 64 fractional bits, as raw bits. */
export const i96f32 = struct("substrate_fixed::FixedI128", { bits: u128 });
export const i32f32 = struct("substrate_fixed::FixedI64", { bits: u64 });
export const u64f64 = struct("substrate_fixed::FixedU128", { bits: u128 });

export const weight = struct("sp_weights::weight_v2::Weight", {
  ref_time: compact.u64,
  proof_size: compact.u64,
});
export const dispatchClass = variant("frame_support::dispatch::DispatchClass", {
  Normal: [0],
  Operational: [1],
  Mandatory: [2],
});
export const pays = variant("frame_support::dispatch::Pays", { Yes: [0], No: [1] });
export const dispatchInfo = struct("frame_system::DispatchEventInfo", {
  weight,
  class: dispatchClass,
  pays_fee: pays,
});

const consensusItem = [fixedBytes(4), bytes] as const;
export const digest = struct("sp_runtime::generic::digest::Digest", {
  logs: vec(
    variant("sp_runtime::generic::digest::DigestItem", {
      PreRuntime: [6, consensusItem],
      Consensus: [4, consensusItem],
      Seal: [5, consensusItem],
      Other: [0, [bytes]],
      RuntimeEnvironmentUpdated: [8],
    }),
  ),
});

export const multiAddress = variant(
  "sp_runtime::multiaddress::MultiAddress",
  {
    Id: [0, [accountId]],
    Index: [1, [{ ...compactNumber(unit), codec: compact.u32.codec }]],
    Raw: [2, [bytes]],
    Address32: [3, [fixedBytes(32)]],
    Address20: [4, [fixedBytes(20)]],
  },
  [
    { name: "AccountId", type: accountId },
    { name: "AccountIndex", type: unit },
  ],
);

export const multiSignature = variant("sp_runtime::MultiSignature", {
  Ed25519: [0, [fixedBytes(64)]],
  Sr25519: [1, [fixedBytes(64)]],
  Ecdsa: [2, [fixedBytes(65)]],
});

/** Era: immortal, or two bytes of which the first is the variant's number. */
export const era = variant(
  "sp_runtime::generic::era::Era",
  Object.fromEntries([
    ["Immortal", [0]],
    ...Array.from({ length: 255 }, (_, at) => [`Mortal${at + 1}`, [at + 1, [u8]]]),
  ]) as Readonly<Record<string, VariantFields>>,
);

export const dispatchError = variant("sp_runtime::DispatchError", {
  Other: [0],
  CannotLookup: [1],
  BadOrigin: [2],
  Module: [3, [struct("sp_runtime::ModuleError", { index: u8, error: fixedBytes(4) })]],
  ConsumerRemaining: [4],
  NoProviders: [5],
  TooManyConsumers: [6],
  Token: [
    7,
    [
      variant("sp_runtime::TokenError", {
        FundsUnavailable: [0],
        OnlyProvider: [1],
        BelowMinimum: [2],
        CannotCreate: [3],
        UnknownAsset: [4],
        Frozen: [5],
        Unsupported: [6],
        CannotCreateHold: [7],
        NotExpendable: [8],
        Blocked: [9],
      }),
    ],
  ],
  Arithmetic: [
    8,
    [variant("sp_arithmetic::ArithmeticError", { Underflow: [0], Overflow: [1], DivisionByZero: [2] })],
  ],
  Transactional: [9, [variant("sp_runtime::TransactionalError", { LimitReached: [0], NoLayer: [1] })]],
  Exhausted: [10],
  Corruption: [11],
  Unavailable: [12],
  RootNotAllowed: [13],
  Trie: [14],
});

export const runtimeVersion = struct("sp_version::RuntimeVersion", {
  spec_name: bytes,
  impl_name: bytes,
  authoring_version: u32,
  spec_version: u32,
  impl_version: u32,
  apis: vec(tuple(fixedBytes(8), u32)),
  transaction_version: u32,
  system_version: u8,
});

export const metadataHashMode = variant("frame_metadata_hash_extension::Mode", {
  Disabled: [0],
  Enabled: [1],
});
export const optionalHash = option(fixedBytes(32));
export const u16Pair = array(u16, 2);
