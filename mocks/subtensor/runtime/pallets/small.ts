import { newtype, variant } from "../../scale/composite.ts";
import { u8, u64, u128 } from "../../scale/primitive.ts";
import { accountId, compact, tao } from "../common-types.ts";
import { plain } from "../pallet.ts";
import type { Pallet } from "../pallet.ts";

/** The block's own time: its only inherent extrinsic sets it. */
export const timestampPallet: Pallet = {
  index: 2,
  name: "Timestamp",
  crate: "pallet_timestamp",
  storage: [plain({ name: "Now", value: u64, fallback: 0n, read: ({ timeMs }) => BigInt(timeMs) })],
  calls: [{ index: 0, name: "set", fields: { now: compact.u64 }, apply: () => {} }],
  events: {},
  errors: {},
  // Half of the 12 seconds between blocks.
  constants: [{ name: "MinimumPeriod", type: u64, value: 6_000n }],
};

export const transactionPaymentPallet: Pallet = {
  index: 6,
  name: "TransactionPayment",
  crate: "pallet_transaction_payment",
  storage: [
    plain({
      name: "NextFeeMultiplier",
      value: newtype("sp_arithmetic::fixed_point::FixedU128", u128),
      fallback: 10n ** 18n,
      read: () => 10n ** 18n,
    }),
    plain({
      name: "StorageVersion",
      value: variant("pallet_transaction_payment::Releases", { V1Ancient: [0], V2: [1] }),
      fallback: { type: "V1Ancient" },
      read: () => ({ type: "V2" }),
    }),
  ],
  calls: [],
  events: { TransactionFeePaid: [0, { who: accountId, actual_fee: tao, tip: tao }] },
  errors: {},
  constants: [{ name: "OperationalFeeMultiplier", type: u8, value: 5 }],
};
