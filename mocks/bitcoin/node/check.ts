import { blockWeight, encodeBlock } from "../chain/block.ts";
import type { Block } from "../chain/block.ts";
import { hashOfHeader } from "../chain/header.ts";
import { merkleRoot } from "../chain/merkle.ts";
import { hashBytes, hashText } from "../chain/sha256d.ts";
import { hashNumber, targetOf } from "../chain/target.ts";
import { encodeTransaction, isCoinbase, txidOf } from "../chain/transaction.ts";
import type { Transaction } from "../chain/transaction.ts";
import type { Network } from "../networks.ts";
import { outpoint } from "./coins.ts";
import { sigopsOf } from "./script.ts";
import { solvesSignet } from "./signet.ts";

/** Core, consensus/consensus.h. */
export const MAX_WEIGHT = 4_000_000;
const MAX_SIGOPS_COST = 80_000;
const SIGOP_WEIGHT = 4;
const MAX_MONEY = 21_000_000n * 100_000_000n;

/**
 * What can be said of a block alone, in the order of Core's `CheckBlock`: the reason for its refusal, or null.
 * `forged`: a block of the simulated network, whose work nobody has done.
 */
export function checkBlock(block: Block, network: Network, forged = false): string | null {
  const { header, transactions } = block;
  if (!forged && !meetsBits(header, network)) return "high-hash";
  if (!forged && network.signetChallenge !== null && !solvesSignet(block, network.signetChallenge))
    return "bad-signet-blksig";
  const { root, mutated } = merkleRoot(transactions.map(txidOf));
  if (hashText(root) !== header.merkleRoot) return "bad-txnmrklroot";
  if (mutated) return "bad-txns-duplicate";
  const [first, ...others] = transactions;
  if (first === undefined || encodeBlock(block, true).length * 4 > MAX_WEIGHT) return "bad-blk-length";
  if (!isCoinbase(first)) return "bad-cb-missing";
  if (others.some(isCoinbase)) return "bad-cb-multiple";
  for (const transaction of transactions) {
    const reason = checkTransaction(transaction);
    if (reason !== null) return reason;
  }
  const sigops = transactions.reduce((sum, transaction) => sum + legacySigops(transaction), 0);
  return sigops * SIGOP_WEIGHT > MAX_SIGOPS_COST ? "bad-blk-sigops" : null;
}

function meetsBits(header: Block["header"], { limitBits }: Network): boolean {
  const target = targetOf(header.bits);
  if (target === 0n || target > targetOf(limitBits)) return false;
  return hashNumber(hashBytes(hashOfHeader(header))) <= target;
}

/** In the order of Core's `CheckTransaction`. */
export function checkTransaction(transaction: Transaction): string | null {
  const { inputs, outputs } = transaction;
  if (inputs.length === 0) return "bad-txns-vin-empty";
  if (outputs.length === 0) return "bad-txns-vout-empty";
  if (encodeTransaction(transaction, true).length * 4 > MAX_WEIGHT) return "bad-txns-oversize";
  let total = 0n;
  for (const { value } of outputs) {
    if (value < 0n) return "bad-txns-vout-negative";
    if (value > MAX_MONEY) return "bad-txns-vout-toolarge";
    total += value;
    if (total > MAX_MONEY) return "bad-txns-txouttotal-toolarge";
  }
  if (new Set(inputs.map(({ txid, vout }) => outpoint(txid, vout))).size < inputs.length)
    return "bad-txns-inputs-duplicate";
  if (isCoinbase(transaction)) {
    const length = inputs[0]?.script.length ?? 0;
    return length < 2 || length > 100 ? "bad-cb-length" : null;
  }
  const isNull = ({ txid, vout }: Transaction["inputs"][number]) => /^0+$/.test(txid) && vout === 0xffffffff;
  return inputs.some(isNull) ? "bad-txns-prevout-null" : null;
}

/** Counted without looking at what is spent; the cost is four times this. */
export function legacySigops({ inputs, outputs }: Transaction): number {
  return [...inputs, ...outputs].reduce((sum, { script }) => sum + sigopsOf(script), 0);
}

export function tooHeavy(block: Block): boolean {
  return blockWeight(block) > MAX_WEIGHT;
}
