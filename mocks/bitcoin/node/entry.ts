import { blockWeight, encodeBlock } from "../chain/block.ts";
import type { Block } from "../chain/block.ts";
import { hashOfHeader } from "../chain/header.ts";
import { workOf } from "../chain/target.ts";
import type { Coin } from "./coins.ts";

/** A block that the node knows. */
export interface BlockEntry {
  readonly hash: string;
  readonly block: Block;
  readonly height: number;
  /** Null for the first block that the mock keeps. */
  previous: BlockEntry | null;
  /** Of the chain up to here: hashes. */
  readonly work: bigint;
  readonly bytes: number;
  readonly weight: number;
  /** The lower wins between equal work: first come, or precious. */
  order: number;
  /** It broke a rule, was invalidated, or stands on one that did. */
  failed: boolean;
  /** It breaks a rule by itself: `reconsiderblock` does not help it. */
  refused: boolean;
  /** It has been on the active chain once: its transactions are known to be right. */
  connectedOnce: boolean;
  /** While on the active chain: the coins that it spent. */
  undo: readonly (readonly [string, Coin])[] | null;
}

export function entryOf(
  block: Block,
  previous: BlockEntry | null,
  height: number,
  order: number,
): BlockEntry {
  const work = workOf(block.header.bits);
  return {
    hash: hashOfHeader(block.header),
    block,
    height,
    previous,
    work: previous === null ? work * BigInt(height + 1) : previous.work + work,
    bytes: encodeBlock(block).length,
    weight: blockWeight(block),
    order,
    failed: false,
    refused: false,
    connectedOnce: previous === null,
    undo: null,
  };
}

/** Median of the last eleven times: what the next block's time must be above (BIP 113). */
export function medianTime(entry: BlockEntry): number {
  const times: number[] = [];
  for (let at: BlockEntry | null = entry; at !== null && times.length < 11; at = at.previous)
    times.push(at.block.header.time);
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] as number;
}
