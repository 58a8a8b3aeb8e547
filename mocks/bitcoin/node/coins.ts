import { subsidyAt } from "../chain/block.ts";
import type { Block } from "../chain/block.ts";
import { hashText } from "../chain/sha256d.ts";
import { isCoinbase, txidOf } from "../chain/transaction.ts";
import type { Transaction } from "../chain/transaction.ts";

/** Blocks until a coinbase may be spent (Core, COINBASE_MATURITY). */
export const MATURITY = 100;
/** The oldest are forgotten beyond this. */
const MAX_COINS = 1_000_000;

export interface Coin {
  readonly value: bigint;
  readonly script: Uint8Array;
  readonly height: number;
  readonly coinbase: boolean;
}

/** All outputs that can be spent. */
export interface Coins {
  get(txid: string, vout: number): Coin | undefined;
  /** A coin out of the time before this mock's history. */
  found(txid: string, vout: number, coin: Coin): void;
  /** Spends and creates what the block does, or says which rule it breaks and changes nothing. */
  connect(block: Block, height: number, halving: number): Connected;
  disconnect(block: Block, undo: NonNullable<Undo>): void;
  readonly size: number;
}

type Undo = readonly (readonly [string, Coin])[];
type Connected =
  | { readonly ok: true; readonly undo: Undo; readonly fees: bigint }
  | { readonly ok: false; readonly reason: string };

export const outpoint = (txid: string, vout: number): string => `${txid}:${vout}`;

export function createCoins(): Coins {
  const coins = new Map<string, Coin>();

  const create = (transaction: Transaction, height: number) => {
    const txid = hashText(txidOf(transaction));
    const coinbase = isCoinbase(transaction);
    transaction.outputs.forEach(({ value, script }, vout) => {
      // OP_RETURN can never be spent.
      if (script[0] !== 0x6a) coins.set(outpoint(txid, vout), { value, script, height, coinbase });
    });
  };
  const uncreate = (transaction: Transaction) => {
    const txid = hashText(txidOf(transaction));
    transaction.outputs.forEach((_, vout) => coins.delete(outpoint(txid, vout)));
  };
  const forget = () => {
    for (const key of coins.keys()) {
      if (coins.size <= MAX_COINS) return;
      coins.delete(key);
    }
  };
  const takeBack = (transactions: readonly Transaction[], undo: Undo) => {
    transactions.forEach(uncreate);
    for (const [key, coin] of undo) coins.set(key, coin);
    // An output that was made and spent in the same block is in both lists.
    transactions.forEach(uncreate);
  };

  return {
    get: (txid, vout) => coins.get(outpoint(txid, vout)),
    found: (txid, vout, coin) => void coins.set(outpoint(txid, vout), coin),
    connect({ transactions }, height, halving) {
      const undo: [string, Coin][] = [];
      const done: Transaction[] = [];
      let fees = 0n;
      const refuse = (reason: string): Connected => {
        takeBack(done, undo);
        return { ok: false, reason };
      };
      for (const transaction of transactions) {
        if (isCoinbase(transaction)) continue;
        let balance = 0n;
        for (const { txid, vout } of transaction.inputs) {
          const coin = coins.get(outpoint(txid, vout));
          if (coin === undefined) return refuse("bad-txns-inputs-missingorspent");
          if (coin.coinbase && height - coin.height < MATURITY)
            return refuse("bad-txns-premature-spend-of-coinbase");
          balance += coin.value;
          undo.push([outpoint(txid, vout), coin]);
          coins.delete(outpoint(txid, vout));
        }
        for (const { value } of transaction.outputs) balance -= value;
        if (balance < 0n) return refuse("bad-txns-in-belowout");
        fees += balance;
        create(transaction, height);
        done.push(transaction);
      }
      const [coinbase] = transactions;
      const paid = coinbase?.outputs.reduce((sum, { value }) => sum + value, 0n) ?? 0n;
      if (paid > subsidyAt(height, halving) + fees) return refuse("bad-cb-amount");
      if (coinbase !== undefined) create(coinbase, height);
      forget();
      return { ok: true, undo, fees };
    },
    disconnect: ({ transactions }, undo) => takeBack(transactions, undo),
    get size() {
      return coins.size;
    },
  };
}
