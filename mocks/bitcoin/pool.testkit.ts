import { encodeBlock } from "./chain/block.ts";
import { commitmentScript, heightScript, WITNESS_NONCE } from "./chain/coinbase.ts";
import { encodeHeader } from "./chain/header.ts";
import { merkleRoot } from "./chain/merkle.ts";
import { hashNumber, targetOf } from "./chain/target.ts";
import { hashText, sha256d } from "./chain/sha256d.ts";
import { coinbaseInput, decodeTransaction, txidOf, wtxidOf } from "./chain/transaction.ts";
import type { Transaction } from "./chain/transaction.ts";

/** What getblocktemplate said, as far as a pool needs it. */
export interface Template {
  readonly version: number;
  readonly previousblockhash: string;
  readonly transactions: readonly { readonly data: string }[];
  readonly coinbasevalue: number;
  readonly curtime: number;
  readonly mintime: number;
  readonly bits: string;
  readonly height: number;
  readonly default_witness_commitment?: string;
}

/** What a bad pool does differently. */
export interface Twist {
  readonly header?: {
    version?: number;
    previousHash?: string;
    time?: number;
    bits?: number;
    merkleRoot?: string;
  };
  readonly coinbase?: (coinbase: Transaction) => Transaction;
  /** Those after the coinbase, and the commitment to them. */
  readonly transactions?: (transactions: Transaction[]) => Transaction[];
  /** No transaction at all. */
  readonly empty?: boolean;
  /** A hash that does not meet the bits. */
  readonly noWork?: boolean;
}

/** A block from a template, as hex for submitblock. */
export function blockOf(template: Template, twist: Twist = {}): string {
  const { coinbase: twistCoinbase = (it) => it, transactions: twistAll = (it) => it } = twist;
  const others = twistAll(
    template.transactions.map(({ data }) => decodeTransaction(Buffer.from(data, "hex"))),
  );
  const promised = template.default_witness_commitment;
  const commitment =
    promised === undefined || twist.transactions === undefined
      ? promised
      : commitmentScript(others.map(wtxidOf)).toString("hex");
  const coinbase: Transaction = {
    version: 2,
    inputs: [
      coinbaseInput(Buffer.concat([heightScript(template.height), Buffer.from("/test/")]), [WITNESS_NONCE]),
    ],
    outputs: [
      { value: BigInt(template.coinbasevalue), script: Buffer.from(`0014${"ab".repeat(20)}`, "hex") },
      ...(commitment === undefined ? [] : [{ value: 0n, script: Buffer.from(commitment, "hex") }]),
    ],
    lockTime: 0,
  };
  const transactions = twist.empty === true ? [] : [twistCoinbase(coinbase), ...others];
  const header = {
    version: template.version,
    previousHash: template.previousblockhash,
    merkleRoot: hashText(merkleRoot(transactions.map(txidOf)).root),
    time: template.curtime,
    bits: Number.parseInt(template.bits, 16),
    ...twist.header,
  };
  // Regtest: one hash in two will do.
  for (let nonce = 0; ; nonce++) {
    const meets = hashNumber(sha256d(encodeHeader({ ...header, nonce }))) <= targetOf(header.bits);
    if (meets !== (twist.noWork ?? false))
      return encodeBlock({ header: { ...header, nonce }, transactions }).toString("hex");
  }
}
