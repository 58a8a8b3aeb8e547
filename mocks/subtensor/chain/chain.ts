import type { FaultHit, MockWorld } from "../../core/mock.ts";
import { bytesToHex, blake256 } from "../scale/hex.ts";
import type { SubtensorSettings } from "../settings.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import { genesisBlock, makeBlock } from "./block.ts";
import type { Block, Spec } from "./block.ts";
import { beginBlock, callName, execute } from "./execute.ts";
import type { Extrinsic } from "./extrinsic.ts";
import { flip, FLIPPING } from "./flips.ts";
import { genesisState } from "./genesis.ts";
import { createPool } from "./pool.ts";
import type { Pool } from "./pool.ts";
import type { BlockEvent } from "./view.ts";

/** What has happened on the chain, for whoever has subscribed. */
export type News =
  /** `best`: it is the head now. */
  | { readonly kind: "imported"; readonly block: Block; readonly best: boolean }
  | { readonly kind: "finalized"; readonly block: Block };

export interface Chain {
  readonly pool: Pool;
  /** Makes the blocks that are due; called before every answer, so that time needs no timer. */
  sync(): void;
  head(): Block;
  finalized(): Block;
  /** Of the best chain. */
  at(number: number): Block | undefined;
  /** Of any fork. */
  byHash(hash: string): Block | undefined;
  onNews(listener: (news: News) => void): () => void;
  /** When the next block is due, in the mock's time. */
  nextBlockMs(): number;
}

/** Blocks that are kept; with 12 seconds between them, two weeks. */
const MAX_BLOCKS = 100_000;
/** After a longer time the slots before stay empty, as if the chain had been down. */
const MAX_CATCH_UP = 10_000;
/** The chain as a whole, for faults without scope. */
const CHAIN = { labels: {} };

export function createChain(world: MockWorld, settings: SubtensorSettings, runtimes: Runtimes): Chain {
  const { blockMs, height } = settings;
  const bornMs = Math.floor((world.clock.wallMs() - world.clock.nowMs()) / blockMs) * blockMs;
  const timeOf = (slot: number) => bornMs + slot * blockMs;
  const pool = createPool();
  const best = new Map<number, Block>();
  const hashes = new Map<string, Block>();
  const listeners = new Set<(news: News) => void>();
  let forks = 0;
  let slot = 0;
  let head = found();
  let finalized = best.get(Math.max(0, height - settings.finalityLag)) ?? head;
  let spec = head.spec;

  /** The blocks before the mock began: nothing has happened in them. */
  function found(): Block {
    const seals = world.random("seals");
    const state = genesisState(world.random("genesis"), settings);
    const first: Spec = { version: settings.specVersion, changed: false };
    // Clients keep metadata by genesis hash: another runtime must have another one.
    const birthmark = `${world.seed}/${bytesToHex(blake256(runtimes.metadata(first, 15)))}`;
    let block = genesisBlock(state, first, -height, timeOf(-height), birthmark);
    keep(block);
    for (let number = 1; number <= height; number++) {
      const at = number - height;
      const quiet = { signed: [], events: [], state, flips: new Map(), spec: first };
      block = makeBlock({ parent: block, slot: at, timeMs: timeOf(at), blockMs, random: seals, ...quiet });
      keep(block);
    }
    return block;
  }

  function keep(block: Block): void {
    best.set(block.number, block);
    hashes.set(block.hash, block);
    const gone = best.get(block.number - MAX_BLOCKS);
    if (gone === undefined || gone.number === 0) return;
    best.delete(gone.number);
    hashes.delete(gone.hash);
  }

  const standing = (kind: string, atMs: number): readonly FaultHit[] =>
    world.faults.allStanding(kind, CHAIN, atMs);
  const news = (item: News) => {
    for (const listener of listeners) listener(item);
  };

  /** One more block on `parent`. */
  function produce(parent: Block, at: number, atMs: number): Block {
    const number = parent.number + 1;
    const hits = FLIPPING.flatMap((kind) => standing(kind, atMs).map((hit) => ({ kind, hit })));
    const turned = flip(beginBlock(parent.state, number), parent.flips, hits, number);
    const runtime = runtimes.get(parent.spec);
    const signed: Extrinsic[] = pool.take(turned.state, number);
    const events: BlockEvent[] = [];
    let { state } = turned;
    for (const [index, extrinsic] of signed.entries()) {
      // The inherent is the first.
      const executed = execute(state, extrinsic, runtime, number, index + 1);
      state = executed.state;
      events.push(...executed.events);
    }
    const block = makeBlock({
      parent,
      slot: at,
      timeMs: timeOf(at),
      blockMs,
      signed,
      events,
      state,
      flips: turned.flips,
      spec: upgraded(atMs),
      random: world.random(`seal/${number}/${forks}`),
    });
    keep(block);
    for (const extrinsic of signed)
      world.note("extrinsic.included", {
        hash: extrinsic.hash,
        call: callName(extrinsic.call),
        block: number,
      });
    return block;
  }

  /** The runtime that a block at this time leaves behind. */
  function upgraded(atMs: number): Spec {
    const params = standing("specVersion.bump", atMs)[0]?.params as
      { by: number; metadata: string } | undefined;
    const version = settings.specVersion + (params?.by ?? 0);
    const changed = params?.metadata === "changed";
    if (version !== spec.version || changed !== spec.changed) {
      spec = { version, changed };
      world.note("chain.upgraded", { specVersion: version });
    }
    return spec;
  }

  function adopt(block: Block, isBest: boolean): void {
    if (isBest) head = block;
    news({ kind: "imported", block, best: isBest });
    for (const { hash } of block.signed) pool.tell(hash, { inBlock: block.hash });
  }

  /** Replaces the last blocks, and what was in them goes into others. */
  function reorganize(wanted: number, at: number, atMs: number): void {
    const depth = Math.min(wanted, head.number - finalized.number);
    world.note("chain.reorg", { wanted, depth, head: head.number });
    if (depth === 0) return adopt(produce(head, at, atMs), true);
    forks += 1;
    const old = Array.from({ length: depth }, (_, back) => best.get(head.number - back)).filter(
      (it) => it !== undefined,
    );
    let parent = best.get(head.number - depth) ?? head;
    const until = head.number;
    for (const { hash, signed } of old) {
      for (const extrinsic of signed) pool.tell(extrinsic.hash, { retracted: hash });
      pool.putBack(signed);
    }
    const slots = old.map((block) => block.slot).toReversed();
    for (const [index, fork] of slots.entries()) {
      parent = produce(parent, fork, atMs);
      adopt(parent, parent.number > until && index === slots.length - 1);
    }
    adopt(produce(parent, at, atMs), true);
  }

  /** What can be final moves up to the head less the lag, by the clock and not by number: a stalled head becomes final too. */
  function finalize(at: number, atMs: number): void {
    if (standing("finality.stall", atMs).length > 0) return;
    const lag = Number(standing("finality.lag", atMs)[0]?.params["blocks"] ?? settings.finalityLag);
    for (let next = best.get(finalized.number + 1); next !== undefined && next.slot + lag <= at;) {
      finalized = next;
      news({ kind: "finalized", block: next });
      for (const { hash } of next.signed) pool.tell(hash, { finalized: next.hash });
      next = best.get(finalized.number + 1);
    }
  }

  function step(at: number): void {
    const atMs = at * blockMs;
    if (standing("head.stall", atMs).length === 0) {
      const reorg = standing("reorg", atMs).find(
        (hit) => world.faults.take("reorg", CHAIN, { id: hit.id, atMs }) !== null,
      );
      if (reorg === undefined) adopt(produce(head, at, atMs), true);
      else reorganize(Number(reorg.params["depth"]), at, atMs);
    }
    finalize(at, atMs);
  }

  function sync(): void {
    const due = Math.floor(world.clock.nowMs() / blockMs);
    if (due - slot > MAX_CATCH_UP) slot = due - MAX_CATCH_UP;
    while (slot < due) {
      slot += 1;
      step(slot);
    }
  }

  world.faults.beforeChange(sync);
  return {
    pool,
    sync,
    head: () => head,
    finalized: () => finalized,
    at: (number) => best.get(number),
    byHash: (hash) => hashes.get(hash),
    onNews(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    nextBlockMs: () => (Math.floor(world.clock.nowMs() / blockMs) + 1) * blockMs,
  };
}
