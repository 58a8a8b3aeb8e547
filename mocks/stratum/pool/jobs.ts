import type { Block } from "../../bitcoin/chain/block.ts";
import { subsidyAt } from "../../bitcoin/chain/block.ts";
import { coinbaseParts, commitmentScript, WITNESS_NONCE } from "../../bitcoin/chain/coinbase.ts";
import type { BlockHeader } from "../../bitcoin/chain/header.ts";
import { stratumPreviousHash } from "../../bitcoin/chain/header.ts";
import { merkleBranch } from "../../bitcoin/chain/merkle.ts";
import { hashBytes } from "../../bitcoin/chain/sha256d.ts";
import { difficultyOf, targetOf } from "../../bitcoin/chain/target.ts";
import { coinbaseInput, decodeTransaction } from "../../bitcoin/chain/transaction.ts";
import type { Transaction } from "../../bitcoin/chain/transaction.ts";
import { selectTransactions } from "../../bitcoin/node/assemble.ts";
import { medianTime } from "../../bitcoin/node/entry.ts";
import type { BlockEntry } from "../../bitcoin/node/entry.ts";
import type { BitcoinNode } from "../../bitcoin/node/node.ts";
import { coinbaseOf, hex32 } from "../work.ts";
import type { Work } from "../work.ts";

/** ckpool's lengths, in bytes. */
export const EXTRANONCE1_BYTES = 4;
export const EXTRANONCE2_BYTES = 8;
const BLOCK_VERSION = 0x20000000;
/** Jobs that shares may still name: 20 minutes at ckpool's pace. */
const MAX_JOBS = 40;

/** One job, for all miners. */
export interface Job extends Work {
  readonly number: number;
  readonly height: number;
  /** What a block's hash must not pass. */
  readonly target: bigint;
  readonly networkDifficulty: number;
  readonly transactions: readonly Transaction[];
  /** The parameters of `mining.notify` but for the last, as JSON without the closing bracket. */
  readonly params: string;
  /** Shares that came for it: hashes, or what stands for them. */
  readonly seen: Set<string>;
  /** A block has come since. */
  stale: boolean;
}

/** The pool's jobs, oldest first. */
export interface Jobs {
  readonly current: Job;
  get(id: string): Job | undefined;
  /** The same block again, with a later time and perhaps more transactions. */
  refresh(): Job;
  /** After a new tip: what was given out before is stale. `late`: build on the block before it. */
  advance(late: boolean): Job;
}

export function createJobs(node: BitcoinNode, script: Uint8Array, tag: string): Jobs {
  let made = 0;
  let jobs: Job[] = [];
  const make = (previous: BlockEntry): Job => {
    const job = makeJob(node, previous, { number: ++made, script, tag });
    jobs = [...jobs.slice(-(MAX_JOBS - 1)), job];
    return job;
  };
  make(node.chain.tip);
  return {
    get current() {
      return jobs.at(-1) as Job;
    },
    get: (id) => jobs.find((job) => job.id === id),
    refresh: () => make(node.chain.tip),
    advance(late) {
      for (const job of jobs) job.stale = true;
      const job = make(late ? (node.chain.tip.previous ?? node.chain.tip) : node.chain.tip);
      job.stale = late;
      return job;
    },
  };
}

interface JobPlan {
  readonly number: number;
  readonly script: Uint8Array;
  readonly tag: string;
}

function makeJob(node: BitcoinNode, previous: BlockEntry, { number, script, tag }: JobPlan): Job {
  const height = previous.height + 1;
  const timeSec = Math.max(node.nowSec(), medianTime(previous) + 1);
  const bits = node.bitsAfter(previous, timeSec);
  const chosen = previous === node.chain.tip ? selectTransactions(node.mempool.all()) : [];
  const fees = chosen.reduce((sum, { fee }) => sum + fee, 0n);
  const { coinb1, coinb2 } = coinbaseParts({
    height,
    extranonceBytes: EXTRANONCE1_BYTES + EXTRANONCE2_BYTES,
    tag: Buffer.from(tag),
    outputs: [
      { value: subsidyAt(height, node.settings.network.halving) + fees, script },
      { value: 0n, script: commitmentScript(chosen.map(({ wtxid }) => hashBytes(wtxid))) },
    ],
  });
  const id = number.toString(16).padStart(16, "0");
  const branch = merkleBranch(chosen.map(({ txid }) => hashBytes(txid)));
  const shown = [
    id,
    stratumPreviousHash(previous.hash),
    coinb1.toString("hex"),
    coinb2.toString("hex"),
    branch.map((hash) => hash.toString("hex")),
    hex32(BLOCK_VERSION),
    hex32(bits),
    hex32(timeSec),
  ];
  return {
    id,
    number,
    height,
    previousHash: previous.hash,
    coinb1,
    coinb2,
    branch,
    version: BLOCK_VERSION,
    bits,
    timeSec,
    target: targetOf(bits),
    networkDifficulty: difficultyOf(bits),
    transactions: chosen.map(({ transaction }) => transaction),
    params: JSON.stringify(shown).slice(0, -1),
    seen: new Set(),
    stale: false,
  };
}

/** The whole block that a share solved. */
export function blockOf(job: Job, header: BlockHeader, extranonce: string): Block {
  const bare = decodeTransaction(coinbaseOf(job, extranonce));
  const script = bare.inputs[0]?.script ?? Buffer.alloc(0);
  return {
    header,
    transactions: [{ ...bare, inputs: [coinbaseInput(script, [WITNESS_NONCE])] }, ...job.transactions],
  };
}
