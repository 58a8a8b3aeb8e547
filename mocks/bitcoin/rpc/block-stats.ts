import { subsidyAt } from "../chain/block.ts";
import { count } from "../chain/bytes.ts";
import { encodeTransaction, hasWitness, isCoinbase, weightOf } from "../chain/transaction.ts";
import { medianTime } from "../node/entry.ts";
import type { TransactionOutput } from "../chain/transaction.ts";
import type { BlockEntry } from "../node/entry.ts";
import type { BitcoinNode } from "../node/node.ts";
import { CODE, RpcError } from "./error.ts";
import { feeIn } from "./json.ts";

/** getblockstats: amounts in satoshi, rates in satoshi per virtual byte, without the coinbase where Core leaves it out. */
export function blockStats(entry: BlockEntry, node: BitcoinNode, wanted: readonly unknown[]): object {
  const spent = new Map(entry.undo ?? []);
  const all = entry.block.transactions;
  const paying = all.filter((transaction) => !isCoinbase(transaction));
  const bytes = paying.map((transaction) => encodeTransaction(transaction).length);
  const weights = paying.map(weightOf);
  const fees = paying.map((transaction) => Number(feeIn(transaction, spent) ?? 0n));
  const rates = fees.map((fee, at) => Math.floor((fee * 4) / (weights[at] as number)));
  const segwit = paying.filter(hasWitness);
  const outs = all.reduce((sum, { outputs }) => sum + outputs.length, 0);
  const ins = paying.reduce((sum, { inputs }) => sum + inputs.length, 0);
  const gone = [...spent.values()];
  // Of the first block nothing can be spent, and of data outputs nowhere.
  const kept = entry.height === 0 ? [] : all.flatMap(({ outputs }) => outputs.filter(isSpendable));
  const stats: Record<string, unknown> = {
    avgfee: average(fees),
    avgfeerate: sum(weights) === 0 ? 0 : Math.floor((sum(fees) * 4) / sum(weights)),
    avgtxsize: average(bytes),
    blockhash: entry.hash,
    feerate_percentiles: [0.1, 0.25, 0.5, 0.75, 0.9].map((share) => percentile(rates, weights, share)),
    height: entry.height,
    ins,
    maxfee: Math.max(0, ...fees),
    maxfeerate: Math.max(0, ...rates),
    maxtxsize: Math.max(0, ...bytes),
    medianfee: median(fees),
    mediantime: medianTime(entry),
    mediantxsize: median(bytes),
    minfee: fees.length === 0 ? 0 : Math.min(...fees),
    minfeerate: rates.length === 0 ? 0 : Math.min(...rates),
    mintxsize: bytes.length === 0 ? 0 : Math.min(...bytes),
    outs,
    subsidy: Number(subsidyAt(entry.height, node.settings.network.halving)),
    swtotal_size: segwit.reduce((total, transaction) => total + encodeTransaction(transaction).length, 0),
    swtotal_weight: segwit.reduce((total, transaction) => total + weightOf(transaction), 0),
    swtxs: segwit.length,
    time: entry.block.header.time,
    total_out: paying.reduce(
      (total, { outputs }) => total + sum(outputs.map(({ value }) => Number(value))),
      0,
    ),
    total_size: sum(bytes),
    total_weight: sum(weights),
    totalfee: sum(fees),
    txs: all.length,
    utxo_increase: outs - ins,
    utxo_size_inc: grown(all.flatMap(({ outputs }) => outputs)) - grown(gone),
    utxo_increase_actual: kept.length - ins,
    utxo_size_inc_actual: grown(kept) - grown(gone),
  };
  if (wanted.length === 0) return stats;
  return Object.fromEntries(
    wanted.map((name) => {
      if (typeof name === "string" && name in stats) return [name, stats[name]];
      throw new RpcError(CODE.INVALID_PARAMETER, `Invalid selected statistic '${String(name)}'`);
    }),
  );
}

/** What Core counts for each unspent output beside the output itself (PER_UTXO_OVERHEAD), in bytes. */
const OVERHEAD_BYTES = 41;
const MAX_SCRIPT_BYTES = 10_000;
const OP_RETURN = 0x6a;

/** Bytes of these outputs in the set of unspent ones. */
const grown = (outputs: readonly TransactionOutput[]): number =>
  sum(outputs.map(({ script }) => 8 + count(script.length).length + script.length + OVERHEAD_BYTES));
const isSpendable = ({ script }: TransactionOutput): boolean =>
  script[0] !== OP_RETURN && script.length <= MAX_SCRIPT_BYTES;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]): number =>
  values.length === 0 ? 0 : Math.floor(sum(values) / values.length);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : Math.floor((upper + (sorted[middle - 1] ?? 0)) / 2);
}

/** The rate below which this share of the weight pays. */
function percentile(rates: readonly number[], weights: readonly number[], share: number): number {
  const order = rates.map((_, at) => at).toSorted((a, b) => (rates[a] as number) - (rates[b] as number));
  let left = sum(weights) * share;
  for (const at of order) if ((left -= weights[at] as number) <= 0) return rates[at] as number;
  return 0;
}
