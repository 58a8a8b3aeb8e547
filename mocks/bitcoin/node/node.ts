import type { MockWorld } from "../../core/mock.ts";
import type { Block } from "../chain/block.ts";
import { hashOfHeader } from "../chain/header.ts";
import { grind } from "../chain/grind.ts";
import { difficultyOf, expectedHashes, targetOf } from "../chain/target.ts";
import type { Transaction } from "../chain/transaction.ts";
import type { BitcoinSettings } from "../settings.ts";
import { assembleBlock, RESERVED_WEIGHT, selectTransactions } from "./assemble.ts";
import { harder, nextBits } from "./bits.ts";
import { createChain } from "./chain.ts";
import type { Acceptance, BlockChain, TipChange } from "./chain.ts";
import { leastTime } from "./context.ts";
import { medianTime } from "./entry.ts";
import type { BlockEntry } from "./entry.ts";
import { firstBlock } from "./first-block.ts";
import { madeUpScript, madeUpTransaction } from "./made-up.ts";
import { createMempool } from "./mempool.ts";
import type { Added, Mempool, MempoolEntry } from "./mempool.ts";

/** Work up to this many hashes a block is done; harder blocks of others come without (fidelity.json). */
const MAX_WORK = 2 ** 19;

/** What happens to the node, for those who publish it. */
export interface NodeEvents {
  tip(change: TipChange): void;
  added(entry: MempoolEntry): void;
  removed(entry: MempoolEntry): void;
}

/** Without the coinbase; the weight is with what is set aside for header and coinbase. */
export interface Assembled {
  readonly weight: number;
  readonly transactions: number;
}

export interface NewBlock {
  readonly previous?: BlockEntry;
  readonly script: Uint8Array;
  readonly transactions?: readonly MempoolEntry[];
  readonly timeSec?: number;
}

/** A node: chain and mempool under one clock. */
export interface BitcoinNode {
  readonly settings: BitcoinSettings;
  readonly chain: BlockChain;
  readonly mempool: Mempool;
  /** The node's clock in seconds since 1970: the mock's, moved by `setmocktime` or the fault `clock`. */
  nowSec(): number;
  setMockTime(sec: number): void;
  /** Bits of the next block after this one. */
  bitsAfter(previous: BlockEntry, timeSec: number): number;
  accept(block: Block): Acceptance;
  send(transaction: Transaction): Added;
  /** What a template takes; getmininginfo remembers it. */
  select(): MempoolEntry[];
  /** The last that this node has put together itself; null: none yet. */
  readonly lastAssembled: Assembled | null;
  /** A block with its work done; null: not found in so many tries. */
  mine(block: NewBlock, tries: number): Block | null;
  /** A block of somebody else; null: the node refused it. Beyond MAX_WORK its work is not done. */
  byOthers(block: Omit<NewBlock, "script">): BlockEntry | null;
  /** Fills the mempool up with made-up transactions. */
  fillMempool(count: number): void;
  /** False once the node has been in step with the network. */
  inInitialDownload(): boolean;
  /** Transactions of blocks that leave the chain during `work` do not come back to the mempool. */
  forgetting(work: () => void): void;
  /** Returns how to stop listening. */
  subscribe(listener: NodeEvents): () => void;
}

export function createNode(world: MockWorld, settings: BitcoinSettings): BitcoinNode {
  const { network } = settings;
  const random = world.random("made-up");
  const listeners = new Set<NodeEvents>();
  let mockTime = 0;
  let synced = false;
  let lastAssembled: Assembled | null = null;
  /** While true, transactions of blocks that leave the chain are lost. */
  let forgetful = false;

  const nowSec = () => {
    if (mockTime > 0) return mockTime;
    const skew = Number(world.faults.standing("clock")?.params["seconds"] ?? 0);
    return Math.floor(world.clock.wallMs() / 1_000) + skew;
  };
  const bitsAfter = (previous: BlockEntry, timeSec: number) => {
    const bits = nextBits(previous, timeSec, network);
    const step = world.faults.standing("difficulty.step");
    return step === null ? bits : harder(bits, Number(step.params["factor"]), network);
  };
  const chainTime = () => ({ height: chain.tip.height, median: medianTime(chain.tip), timeSec: nowSec() });
  const add = (transaction: Transaction): Added => {
    const added = mempool.add(transaction, chainTime());
    if (added.ok) for (const it of listeners) it.added(added.entry);
    return added;
  };

  const onChange = (change: TipChange) => {
    for (const { block } of change.joined)
      for (const entry of mempool.confirmed(block.transactions))
        for (const it of listeners) it.removed(entry);
    if (!forgetful)
      for (const { block } of change.left.toReversed()) block.transactions.slice(1).forEach(add);
    for (const { hash, height } of change.left) world.note("block.left", { hash, height });
    for (const { hash, height } of change.joined) world.note("block.joined", { hash, height });
    for (const it of listeners) it.tip(change);
    fillMempool(settings.mempool);
  };
  const chain = createChain({
    network,
    first: firstBlock(world, network),
    keepBlocks: settings.keepBlocks,
    nowSec,
    bitsAfter,
    onChange,
  });
  const mempool = createMempool(chain.coins);
  function fillMempool(count: number) {
    while (mempool.size < count) if (!add(madeUpTransaction(random, chain.coins)).ok) return;
  }

  const assemble = ({ previous = chain.tip, script, transactions, timeSec = nowSec() }: NewBlock): Block => {
    const chosen = transactions ?? (previous === chain.tip ? selectTransactions(mempool.all()) : []);
    const time = Math.max(timeSec, leastTime(previous, network));
    return assembleBlock({
      previous,
      bits: bitsAfter(previous, time),
      network,
      timeSec: time,
      transactions: chosen.map(({ transaction }) => transaction),
      fees: chosen.reduce((sum, { fee }) => sum + fee, 0n),
      script,
      extra: Buffer.from(Array.from({ length: 8 }, () => random.below(256))),
    });
  };
  const note = (chosen: readonly MempoolEntry[]) => {
    const weight = chosen.reduce((sum, entry) => sum + entry.weight, RESERVED_WEIGHT);
    lastAssembled = { weight, transactions: chosen.length };
  };
  const select = () => {
    const chosen = selectTransactions(mempool.all());
    note(chosen);
    return chosen;
  };
  const worked = (block: Block, tries: number): Block | null => {
    const header = grind(block.header, targetOf(block.header.bits), tries);
    return header === null ? null : { ...block, header };
  };

  const node: BitcoinNode = {
    settings,
    chain,
    mempool,
    nowSec,
    setMockTime: (sec) => void (mockTime = sec),
    bitsAfter,
    accept: (block) => chain.accept(block),
    send: add,
    select,
    get lastAssembled() {
      return lastAssembled;
    },
    mine(block, tries) {
      const transactions = block.transactions ?? select();
      // Core puts transactions that the caller names into an empty block.
      if (block.transactions !== undefined) note([]);
      return worked(assemble({ ...block, transactions }), tries);
    },
    byOthers(plan) {
      const block = assemble({ ...plan, script: madeUpScript(random) });
      const hashes = expectedHashes(difficultyOf(block.header.bits));
      const done = hashes <= MAX_WORK ? worked(block, 64 * MAX_WORK) : null;
      const forged = { ...block, header: { ...block.header, nonce: random.below(2 ** 32) } };
      chain.accept(done ?? forged, done === null);
      return chain.get(hashOfHeader((done ?? forged).header)) ?? null;
    },
    fillMempool,
    inInitialDownload() {
      if (world.faults.standing("ibd") !== null) return true;
      synced ||= chain.tip.block.header.time >= nowSec() - 24 * 3_600;
      return !synced;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    forgetting(work) {
      forgetful = true;
      try {
        work();
      } finally {
        forgetful = false;
      }
    },
  };
  fillMempool(settings.mempool);
  return node;
}
