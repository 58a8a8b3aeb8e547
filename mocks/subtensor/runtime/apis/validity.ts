import { variant, struct } from "../../scale/composite.ts";
import type { VariantValue } from "../../scale/composite.ts";
import { bool, bytes, u8, u64, vec } from "../../scale/primitive.ts";
import type { AnyType } from "../../scale/type.ts";
import { bytesToHex } from "../../scale/hex.ts";
import { h256 } from "../common-types.ts";
import type { RuntimeApi } from "../pallet.ts";

const source = variant("sp_runtime::transaction_validity::TransactionSource", {
  InBlock: [0],
  Local: [1],
  External: [2],
});

const valid = struct("sp_runtime::transaction_validity::ValidTransaction", {
  priority: u64,
  requires: vec(bytes),
  provides: vec(bytes),
  longevity: u64,
  propagate: bool,
});

const invalid = variant("sp_runtime::transaction_validity::InvalidTransaction", {
  Call: [0],
  Payment: [1],
  Future: [2],
  Stale: [3],
  BadProof: [4],
  AncientBirthBlock: [5],
  ExhaustsResources: [6],
  Custom: [7, [u8]],
});

const unknown = variant("sp_runtime::transaction_validity::UnknownTransaction", {
  CannotLookup: [0],
  NoUnsignedValidator: [1],
  Custom: [2, [u8]],
});

const failure = variant("sp_runtime::transaction_validity::TransactionValidityError", {
  Invalid: [0, [invalid]],
  Unknown: [1, [unknown]],
});

const result = variant("Result", { Ok: [0, [valid]], Err: [1, [failure]] }, [
  { name: "T", type: valid },
  { name: "E", type: failure },
]);

/** Why an extrinsic can't be taken, as the runtime names it; null: it can. */
export type Invalidity = "Call" | "Payment" | "Stale" | "BadProof" | "AncientBirthBlock";

/** What polkadot-api asks before it submits. */
export function validityApi(extrinsic: AnyType): RuntimeApi {
  return {
    name: "TaggedTransactionQueue",
    methods: [
      {
        name: "validate_transaction",
        inputs: { source, tx: extrinsic, block_hash: h256 },
        output: result,
        call: (view, { tx }: { tx: string }): VariantValue => {
          // The argument has lost its length, which is part of the extrinsic.
          const hex = bytesToHex(bytes.codec.enc(tx));
          const why = view.validate(hex);
          if (why !== null) return { type: "Err", value: [{ type: "Invalid", value: [{ type: why }] }] };
          const tags = { requires: [], provides: [tx.slice(0, 66)] };
          return { type: "Ok", value: [{ priority: 1n, ...tags, longevity: 64n, propagate: true }] };
        },
      },
    ],
  };
}
