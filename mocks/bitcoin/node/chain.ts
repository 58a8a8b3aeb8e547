import type { Block } from "../chain/block.ts";
import { hashOfHeader } from "../chain/header.ts";
import type { Network } from "../networks.ts";
import { checkBlock } from "./check.ts";
import { createCoins } from "./coins.ts";
import type { Coins } from "./coins.ts";
import { checkHeader, checkInContext } from "./context.ts";
import { entryOf } from "./entry.ts";
import type { BlockEntry } from "./entry.ts";

/** What became of a block that was handed in. */
export type Acceptance =
  /** It is (or already was) known and breaks no rule; `connected`: on the active chain by this. */
  | { readonly kind: "accepted"; readonly isNew: boolean; readonly connected: boolean }
  | { readonly kind: "refused"; readonly reason: string };

/** Blocks that left and joined the active chain, in order. */
export interface TipChange {
  readonly left: readonly BlockEntry[];
  readonly joined: readonly BlockEntry[];
}

export interface ChainOptions {
  readonly network: Network;
  readonly first: Block;
  readonly keepBlocks: number;
  readonly nowSec: () => number;
  /** The bits that a block after this one needs. */
  readonly bitsAfter: (previous: BlockEntry, timeSec: number) => number;
  readonly onChange: (change: TipChange) => void;
}

/** The tree of blocks, its active branch, and the coins of that branch. */
export interface BlockChain {
  readonly coins: Coins;
  readonly tip: BlockEntry;
  get(hash: string): BlockEntry | undefined;
  /** On the active chain. */
  at(height: number): BlockEntry | undefined;
  isActive(entry: BlockEntry): boolean;
  all(): Iterable<BlockEntry>;
  /** Everything but the change of the tip: the reason why the block would be refused, or null. */
  check(block: Block, forged?: boolean): string | null;
  accept(block: Block, forged?: boolean): Acceptance;
  invalidate(entry: BlockEntry): void;
  reconsider(entry: BlockEntry): void;
  precious(entry: BlockEntry): void;
}

export function createChain(options: ChainOptions): BlockChain {
  const { network, keepBlocks, nowSec, bitsAfter, onChange } = options;
  const coins = createCoins();
  let received = 0;
  const first = entryOf(options.first, null, network.firstHeight, received++);
  const blocks = new Map([[first.hash, first]]);
  let active: BlockEntry[] = [first];

  const tip = () => active.at(-1) as BlockEntry;
  const at = (height: number) => active[height - (active[0] as BlockEntry).height];
  const isActive = (entry: BlockEntry) => at(entry.height) === entry;
  const better = (a: BlockEntry, b: BlockEntry) =>
    a.work > b.work || (a.work === b.work && a.order < b.order);
  const best = () =>
    [...blocks.values()].filter((entry) => !entry.failed).reduce((a, b) => (better(b, a) ? b : a));

  const fail = (entry: BlockEntry) => {
    entry.failed = true;
    // Parents come before their children in the map.
    for (const other of blocks.values()) if (other.previous?.failed === true) other.failed = true;
  };

  const disconnectTip = (): BlockEntry => {
    const entry = active.pop() as BlockEntry;
    coins.disconnect(entry.block, entry.undo ?? []);
    entry.undo = null;
    return entry;
  };
  /** Moves the active chain to `goal`; the reason why one of the blocks on the way can't be connected, or null. */
  const moveTo = (goal: BlockEntry, change: { left: BlockEntry[]; joined: BlockEntry[] }): string | null => {
    const path: BlockEntry[] = [];
    let fork: BlockEntry = goal;
    for (; !isActive(fork) && fork.previous !== null; fork = fork.previous) path.unshift(fork);
    while (tip() !== fork) change.left.push(disconnectTip());
    for (const entry of path) {
      const connected = coins.connect(entry.block, entry.height, network.halving);
      if (!connected.ok) {
        fail(entry);
        return connected.reason;
      }
      entry.undo = connected.undo;
      entry.connectedOnce = true;
      active.push(entry);
      change.joined.push(entry);
    }
    return null;
  };
  /** Follows the best branch. Each block that turns out wrong is marked, so this ends. */
  const activateBest = (): string | null => {
    const before = tip();
    const change = { left: [] as BlockEntry[], joined: [] as BlockEntry[] };
    let reason: string | null = null;
    for (let goal = best(); goal !== tip(); goal = best()) reason = moveTo(goal, change) ?? reason;
    if (tip() !== before) onChange(withoutDetours(change));
    prune();
    return reason;
  };
  const prune = () => {
    const least = tip().height - keepBlocks;
    const dropped = active.findIndex(({ height }) => height >= least);
    if (dropped <= 0) return;
    active = active.slice(dropped);
    (active[0] as BlockEntry).previous = null;
    for (const [hash, { height }] of blocks) if (height < least) blocks.delete(hash);
  };

  const checkNew = (block: Block, forged: boolean): string | null => {
    const alone = checkBlock(block, network, forged);
    if (alone !== null) return alone;
    const previous = blocks.get(block.header.previousHash);
    if (previous === undefined) return "prev-blk-not-found";
    if (previous.failed) return "bad-prevblk";
    const wanted = bitsAfter(previous, block.header.time);
    return checkHeader(block.header, previous, wanted, nowSec(), network) ?? checkInContext(block, previous);
  };

  return {
    coins,
    get tip() {
      return tip();
    },
    get: (hash) => blocks.get(hash),
    at,
    isActive,
    all: () => blocks.values(),
    check(block, forged = false) {
      const reason = checkNew(block, forged);
      if (reason !== null || block.header.previousHash !== tip().hash) return reason;
      const height = tip().height + 1;
      const connected = coins.connect(block, height, network.halving);
      if (!connected.ok) return connected.reason;
      coins.disconnect(block, connected.undo);
      return null;
    },
    accept(block, forged = false) {
      const known = blocks.get(hashOfHeader(block.header));
      if (known !== undefined) {
        // The same header with other transactions is refused before it is found to be known.
        const reason = checkBlock(block, network, forged);
        if (reason !== null) return { kind: "refused", reason };
        if (known.failed) return { kind: "refused", reason: "duplicate-invalid" };
        return { kind: "accepted", isNew: false, connected: isActive(known) };
      }
      const reason = checkNew(block, forged);
      if (reason !== null && !remembered(reason)) return { kind: "refused", reason };
      const previous = blocks.get(block.header.previousHash) as BlockEntry;
      const entry = entryOf(block, previous, previous.height + 1, received++);
      blocks.set(entry.hash, entry);
      if (reason !== null) {
        entry.failed = true;
        entry.refused = true;
        return { kind: "refused", reason };
      }
      const broken = better(entry, tip()) ? activateBest() : null;
      if (broken !== null && entry.failed) return { kind: "refused", reason: broken };
      return { kind: "accepted", isNew: true, connected: isActive(entry) };
    },
    invalidate(entry) {
      const change = { left: [] as BlockEntry[], joined: [] as BlockEntry[] };
      if (isActive(entry)) while (isActive(entry)) change.left.push(disconnectTip());
      fail(entry);
      for (let goal = best(); goal !== tip(); goal = best()) moveTo(goal, change);
      if (change.left.length > 0) onChange(withoutDetours(change));
    },
    reconsider(entry) {
      const family = new Set<BlockEntry>();
      for (let up: BlockEntry | null = entry; up !== null; up = up.previous) family.add(up);
      for (const other of blocks.values())
        if (
          other === entry ||
          (other.previous !== null && other.height > entry.height && family.has(other.previous))
        )
          family.add(other);
      for (const member of family) member.failed = member.refused;
      activateBest();
    },
    precious(entry) {
      entry.order = -received++;
      activateBest();
    },
  };
}

/**
 * Reasons found once the header is in: Core keeps such a block as invalid, so that it is `duplicate-invalid` the next
 * time and a block on it `bad-prevblk`. The witness's are not among them: another body of the same header may be right.
 */
const REMEMBERED: readonly string[] = ["bad-txns-nonfinal", "bad-cb-height", "bad-blk-weight"];
const remembered = (reason: string): boolean => REMEMBERED.includes(reason);

/** A block that joined and left again, because one after it was wrong, was never anywhere. */
function withoutDetours({ left, joined }: TipChange): TipChange {
  return {
    left: left.filter((entry) => !joined.includes(entry)),
    joined: joined.filter((entry) => !left.includes(entry)),
  };
}
