import { hashText, sha256d } from "../chain/sha256d.ts";
import { encodeTransaction, isCoinbase, txidOf } from "../chain/transaction.ts";
import type { Transaction } from "../chain/transaction.ts";
import { checkTransaction, legacySigops } from "./check.ts";
import { MATURITY, outpoint } from "./coins.ts";
import type { Coins } from "./coins.ts";
import { isFinal } from "./context.ts";

/** Far above what a template takes; Core's limit is 300 MB. */
const MAX_TRANSACTIONS = 50_000;
/** Core's -minrelaytxfee, satoshi per 1,000 virtual bytes. */
const MIN_RELAY_FEE = 1_000;

export interface MempoolEntry {
  readonly transaction: Transaction;
  readonly txid: string;
  readonly wtxid: string;
  /** On the wire, with its witness. */
  readonly raw: Buffer;
  readonly weight: number;
  readonly vsize: number;
  readonly fee: bigint;
  /** As templates count them: four for each that is not in a witness. */
  readonly sigops: number;
  readonly timeSec: number;
  readonly height: number;
  /** Txids in the mempool that it spends from. */
  readonly depends: readonly string[];
  /** Which change of the mempool brought it, or took it: ZMQ's `sequence` says so. */
  change: number;
}

/** In, or why not. */
export type Added =
  { readonly ok: true; readonly entry: MempoolEntry } | { readonly ok: false; readonly reason: string };

export interface ChainTime {
  readonly height: number;
  readonly median: number;
  readonly timeSec: number;
}

export interface Mempool {
  add(transaction: Transaction, at: ChainTime): Added;
  get(txid: string): MempoolEntry | undefined;
  /** Parents before their children. */
  all(): MempoolEntry[];
  /** A block took these: they and what contradicts them are out. Returns the contradicted ones. */
  confirmed(transactions: readonly Transaction[]): MempoolEntry[];
  /** The txid that spends this output. */
  spender(txid: string, vout: number): string | undefined;
  /** Removes it and all that spends from it. */
  remove(txid: string): MempoolEntry[];
  readonly size: number;
  /** The number of the next change, from 1: part of `longpollid`, and `mempool_sequence`. */
  readonly sequence: number;
}

export function createMempool(coins: Coins): Mempool {
  const entries = new Map<string, MempoolEntry>();
  const spent = new Map<string, string>();
  let sequence = 1;

  const drop = (entry: MempoolEntry) => {
    const { txid, transaction } = entry;
    entries.delete(txid);
    entry.change = sequence++;
    for (const input of transaction.inputs) spent.delete(outpoint(input.txid, input.vout));
  };
  const remove = (txid: string): MempoolEntry[] => {
    const entry = entries.get(txid);
    if (entry === undefined) return [];
    drop(entry);
    const children = entry.transaction.outputs.flatMap((_, vout) => spent.get(outpoint(txid, vout)) ?? []);
    return [entry, ...children.flatMap(remove)];
  };

  return {
    add(transaction, { height, median, timeSec }) {
      const refuse = (reason: string): Added => ({ ok: false, reason });
      const reason = checkTransaction(transaction);
      if (reason !== null) return refuse(reason);
      if (isCoinbase(transaction)) return refuse("coinbase");
      if (!isFinal(transaction, height + 1, median)) return refuse("non-final");
      const stripped = encodeTransaction(transaction, true);
      const txid = hashText(sha256d(stripped));
      if (entries.has(txid)) return refuse("txn-already-in-mempool");
      if (transaction.outputs.some((_, vout) => coins.get(txid, vout) !== undefined))
        return refuse("txn-already-known");
      if (entries.size >= MAX_TRANSACTIONS) return refuse("mempool full");
      let fee = 0n;
      const depends: string[] = [];
      for (const input of transaction.inputs) {
        if (spent.has(outpoint(input.txid, input.vout))) return refuse("txn-mempool-conflict");
        const parent = entries.get(input.txid);
        const coin = coins.get(input.txid, input.vout);
        const output = parent?.transaction.outputs[input.vout] ?? coin;
        if (output === undefined) return refuse("bad-txns-inputs-missingorspent");
        if (coin?.coinbase === true && height + 1 - coin.height < MATURITY)
          return refuse("bad-txns-premature-spend-of-coinbase");
        if (parent !== undefined && !depends.includes(parent.txid)) depends.push(parent.txid);
        fee += output.value;
      }
      for (const { value } of transaction.outputs) fee -= value;
      if (fee < 0n) return refuse("bad-txns-in-belowout");
      const raw = encodeTransaction(transaction);
      const weight = 3 * stripped.length + raw.length;
      const vsize = Math.ceil(weight / 4);
      const least = Math.ceil((vsize * MIN_RELAY_FEE) / 1_000);
      if (fee < least) return refuse(`min relay fee not met, ${fee} < ${least}`);
      for (const input of transaction.inputs) spent.set(outpoint(input.txid, input.vout), txid);
      const entry: MempoolEntry = {
        transaction,
        txid,
        wtxid: hashText(sha256d(raw)),
        raw,
        weight,
        vsize,
        fee,
        sigops: 4 * legacySigops(transaction),
        timeSec,
        height,
        depends,
        change: sequence++,
      };
      entries.set(txid, entry);
      return { ok: true, entry };
    },
    get: (txid) => entries.get(txid),
    all: () => [...entries.values()],
    confirmed(transactions) {
      const out: MempoolEntry[] = [];
      for (const transaction of transactions) {
        const entry = entries.get(hashText(txidOf(transaction)));
        if (entry !== undefined) drop(entry);
        for (const { txid, vout } of transaction.inputs)
          out.push(...remove(spent.get(outpoint(txid, vout)) ?? ""));
      }
      return out;
    },
    spender: (txid, vout) => spent.get(outpoint(txid, vout)),
    remove,
    get size() {
      return entries.size;
    },
    get sequence() {
      return sequence;
    },
  };
}
