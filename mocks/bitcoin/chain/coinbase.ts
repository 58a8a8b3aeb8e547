import { merkleRoot } from "./merkle.ts";
import { sha256d } from "./sha256d.ts";
import { coinbaseInput, encodeTransaction } from "./transaction.ts";
import type { Transaction, TransactionOutput } from "./transaction.ts";

/** OP_RETURN, a push of 36 bytes, and BIP 141's four marks. */
const COMMITMENT_HEAD = Buffer.from("6a24aa21a9ed", "hex");
/** The witness of a coinbase ("witness reserved value") that everybody uses. */
export const WITNESS_NONCE: Buffer = Buffer.alloc(32);
/** BIP 141: the shortest output script that is a commitment. */
const COMMITMENT_BYTES = 38;

/** The push of a height with which a coinbase's script must begin (BIP 34), as Core makes it: OP_1 … OP_16 too. */
export function heightScript(height: number): Buffer {
  if (height === 0) return Buffer.of(0);
  if (height <= 16) return Buffer.of(0x50 + height);
  const bytes: number[] = [];
  for (let rest = height; rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest & 0xff);
  // The top bit is a sign.
  if (((bytes.at(-1) ?? 0) & 0x80) !== 0) bytes.push(0);
  return Buffer.of(bytes.length, ...bytes);
}

/** The root over the wtxids of a block, with zeros for its coinbase. `others`: those after it, internal bytes. */
export function witnessRoot(others: readonly Uint8Array[]): Buffer {
  return merkleRoot([Buffer.alloc(32), ...others]).root;
}

/** The output script that commits to all witnesses: `default_witness_commitment`. */
export function commitmentScript(others: readonly Uint8Array[], nonce: Uint8Array = WITNESS_NONCE): Buffer {
  return Buffer.concat([COMMITMENT_HEAD, sha256d(Buffer.concat([witnessRoot(others), nonce]))]);
}

/** Which output of a coinbase holds the commitment: the last that looks like one; -1: none. */
export function commitmentAt({ outputs }: Transaction): number {
  return outputs.findLastIndex(
    ({ script }) =>
      script.length >= COMMITMENT_BYTES && COMMITMENT_HEAD.equals(script.subarray(0, COMMITMENT_HEAD.length)),
  );
}

export interface CoinbasePlan {
  readonly height: number;
  /** Stays free in the script, right after the height: extranonce 1 and 2 together. */
  readonly extranonceBytes: number;
  /** Comes after the extranonce: a pool's signature. The whole script may have 100 bytes. */
  readonly tag: Uint8Array;
  readonly outputs: readonly TransactionOutput[];
}

/** A coinbase without its witness, cut where the extranonce belongs: `coinb1` and `coinb2` of `mining.notify`. */
export function coinbaseParts(plan: CoinbasePlan): { readonly coinb1: Buffer; readonly coinb2: Buffer } {
  const height = heightScript(plan.height);
  const script = Buffer.concat([height, Buffer.alloc(plan.extranonceBytes), plan.tag]);
  const bytes = encodeTransaction(
    { version: 2, inputs: [coinbaseInput(script, [])], outputs: plan.outputs, lockTime: 0 },
    true,
  );
  // Version, count of inputs, outpoint, length of the script: all before the script's first byte.
  const at = 4 + 1 + 36 + 1 + height.length;
  return { coinb1: bytes.subarray(0, at), coinb2: bytes.subarray(at + plan.extranonceBytes) };
}
