import { encodeBlock } from "../chain/block.ts";
import { hashText } from "../chain/sha256d.ts";
import { bitsText, difficultyOf, hex256, targetOf } from "../chain/target.ts";
import { encodeTransaction, isCoinbase, txidOf, weightOf, wtxidOf } from "../chain/transaction.ts";
import type { Transaction } from "../chain/transaction.ts";
import { outpoint } from "../node/coins.ts";
import type { Coin } from "../node/coins.ts";
import { medianTime } from "../node/entry.ts";
import type { BlockEntry } from "../node/entry.ts";
import type { BitcoinNode } from "../node/node.ts";
import { addressOf, asmOf, typeOf } from "../node/script.ts";
import type { Network } from "../networks.ts";
import { coins } from "./method.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Confirmations of a block: -1 off the active chain. */
export function confirmationsOf(entry: BlockEntry, { chain }: BitcoinNode): number {
  return chain.isActive(entry) ? chain.tip.height - entry.height + 1 : -1;
}

/** getblockheader's object, and the head of getblock's. */
export function headerJson(entry: BlockEntry, node: BitcoinNode): Record<string, unknown> {
  const { header, transactions } = entry.block;
  const next = node.chain.isActive(entry) ? node.chain.at(entry.height + 1) : undefined;
  return {
    hash: entry.hash,
    confirmations: confirmationsOf(entry, node),
    height: entry.height,
    version: header.version,
    versionHex: bitsText(header.version >>> 0),
    merkleroot: header.merkleRoot,
    time: header.time,
    mediantime: medianTime(entry),
    nonce: header.nonce,
    bits: bitsText(header.bits),
    target: hex256(targetOf(header.bits)),
    difficulty: difficultyOf(header.bits),
    chainwork: hex256(entry.work),
    nTx: transactions.length,
    ...(entry.height === 0 ? {} : { previousblockhash: header.previousHash }),
    ...(next === undefined ? {} : { nextblockhash: next.hash }),
  };
}

/** getblock's object for verbosity 1 (txids), 2 (transactions with fees) or 3 (and what they spend). */
export function blockJson(entry: BlockEntry, node: BitcoinNode, verbosity: number): object {
  const { network } = node.settings;
  const spent = new Map(entry.undo ?? []);
  return {
    ...headerJson(entry, node),
    strippedsize: encodeBlock(entry.block, true).length,
    size: entry.bytes,
    weight: entry.weight,
    tx: entry.block.transactions.map((transaction) =>
      verbosity === 1
        ? hashText(txidOf(transaction))
        : {
            ...transactionJson(transaction, network, verbosity > 2 ? spent : undefined),
            ...feeOf(transaction, spent),
            hex: hex(encodeTransaction(transaction)),
          },
    ),
  };
}

/** In satoshi; null where what it spends is not known. */
export function feeIn(transaction: Transaction, spent: ReadonlyMap<string, Coin>): bigint | null {
  if (isCoinbase(transaction)) return null;
  const ins = transaction.inputs.map(({ txid, vout }) => spent.get(outpoint(txid, vout)));
  if (ins.includes(undefined)) return null;
  const put = ins.reduce((sum, coin) => sum + (coin as Coin).value, 0n);
  return put - transaction.outputs.reduce((sum, { value }) => sum + value, 0n);
}

function feeOf(transaction: Transaction, spent: ReadonlyMap<string, Coin>): { fee?: number } {
  const fee = feeIn(transaction, spent);
  return fee === null ? {} : { fee: coins(fee) };
}

/** decoderawtransaction's object. */
export function transactionJson(
  transaction: Transaction,
  network: Network,
  spent?: ReadonlyMap<string, Coin>,
): Record<string, unknown> {
  const weight = weightOf(transaction);
  return {
    txid: hashText(txidOf(transaction)),
    hash: hashText(wtxidOf(transaction)),
    version: transaction.version >>> 0,
    size: encodeTransaction(transaction).length,
    vsize: Math.ceil(weight / 4),
    weight,
    locktime: transaction.lockTime,
    vin: transaction.inputs.map((input) => {
      const witness = input.witness.length === 0 ? {} : { txinwitness: input.witness.map(hex) };
      if (isCoinbase(transaction))
        return { coinbase: hex(input.script), ...witness, sequence: input.sequence };
      const coin = spent?.get(outpoint(input.txid, input.vout));
      return {
        txid: input.txid,
        vout: input.vout,
        scriptSig: { asm: asmOf(input.script), hex: hex(input.script) },
        ...witness,
        ...(coin === undefined ? {} : { prevout: prevoutJson(coin, network) }),
        sequence: input.sequence,
      };
    }),
    vout: transaction.outputs.map(({ value, script }, n) => ({
      value: coins(value),
      n,
      scriptPubKey: scriptJson(script, network),
    })),
  };
}

function prevoutJson({ coinbase, height, value, script }: Coin, network: Network): object {
  return { generated: coinbase, height, value: coins(value), scriptPubKey: scriptJson(script, network) };
}

export function scriptJson(script: Uint8Array, network: Network): object {
  const address = typeOf(script) === "pubkey" ? null : addressOf(script, network);
  return {
    asm: asmOf(script),
    hex: hex(script),
    ...(address === null ? {} : { address }),
    type: typeOf(script),
  };
}
