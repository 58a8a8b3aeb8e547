import { subsidyAt } from "../chain/block.ts";
import type { Block } from "../chain/block.ts";
import { commitmentScript, heightScript, WITNESS_NONCE } from "../chain/coinbase.ts";
import { merkleRoot } from "../chain/merkle.ts";
import { hashText } from "../chain/sha256d.ts";
import { coinbaseInput, txidOf, wtxidOf } from "../chain/transaction.ts";
import type { Transaction } from "../chain/transaction.ts";
import { MAX_WEIGHT } from "./check.ts";
import { leastTime } from "./context.ts";
import type { BlockEntry } from "./entry.ts";
import type { MempoolEntry } from "./mempool.ts";
import type { Network } from "../networks.ts";
import { blockVersion } from "./version-bits.ts";

/** What Core leaves free for header and coinbase (DEFAULT_BLOCK_RESERVED_WEIGHT, and its share of sigops). */
export const RESERVED_WEIGHT = 8_000;
const RESERVED_SIGOPS = 400;
const MAX_SIGOPS_COST = 80_000;

/** What a template takes: the highest fee per weight first, parents before their children, as much as fits. */
export function selectTransactions(pool: readonly MempoolEntry[]): MempoolEntry[] {
  const byTxid = new Map(pool.map((entry) => [entry.txid, entry]));
  const taken = new Set<string>();
  const chosen: MempoolEntry[] = [];
  let weight = RESERVED_WEIGHT;
  let sigops = RESERVED_SIGOPS;
  const rate = ({ fee, weight: own }: MempoolEntry) => Number(fee) / own;
  for (const entry of pool.toSorted((a, b) => rate(b) - rate(a))) {
    const family = withParents(entry, byTxid, taken);
    const more = family.reduce((sum, member) => sum + member.weight, 0);
    const moreSigops = family.reduce((sum, member) => sum + member.sigops, 0);
    if (weight + more > MAX_WEIGHT || sigops + moreSigops > MAX_SIGOPS_COST) continue;
    weight += more;
    sigops += moreSigops;
    for (const member of family) taken.add(member.txid);
    chosen.push(...family);
  }
  return chosen;
}

/** The entry and those of its ancestors that are not taken yet, in the order in which they must stand. */
function withParents(
  entry: MempoolEntry,
  byTxid: ReadonlyMap<string, MempoolEntry>,
  taken: ReadonlySet<string>,
): MempoolEntry[] {
  const family = new Set<MempoolEntry>();
  const visit = (member: MempoolEntry) => {
    if (taken.has(member.txid) || family.has(member)) return;
    for (const parent of member.depends) visit(byTxid.get(parent) as MempoolEntry);
    family.add(member);
  };
  visit(entry);
  return [...family];
}

export interface BlockPlan {
  readonly previous: BlockEntry;
  readonly bits: number;
  readonly network: Network;
  readonly timeSec: number;
  readonly transactions: readonly Transaction[];
  readonly fees: bigint;
  /** Who is paid. */
  readonly script: Uint8Array;
  /** Stands in the coinbase after the height, so that no two blocks are equal. */
  readonly extra: Uint8Array;
}

/** A whole block but for its work, with nonce 0. */
export function assembleBlock(plan: BlockPlan): Block {
  const { previous, transactions } = plan;
  const height = previous.height + 1;
  const script = Buffer.concat([heightScript(height), Buffer.of(plan.extra.length), plan.extra]);
  const coinbase: Transaction = {
    version: 2,
    inputs: [coinbaseInput(script, [WITNESS_NONCE])],
    outputs: [
      { value: subsidyAt(height, plan.network.halving) + plan.fees, script: plan.script },
      { value: 0n, script: commitmentScript(transactions.map(wtxidOf)) },
    ],
    lockTime: 0,
  };
  const all = [coinbase, ...transactions];
  return {
    header: {
      version: blockVersion(previous, plan.network),
      previousHash: previous.hash,
      merkleRoot: hashText(merkleRoot(all.map(txidOf)).root),
      time: Math.max(plan.timeSec, leastTime(previous, plan.network)),
      bits: plan.bits,
      nonce: 0,
    },
    transactions: all,
  };
}
