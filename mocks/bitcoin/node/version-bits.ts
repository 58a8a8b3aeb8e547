import type { Network } from "../networks.ts";
import type { BlockEntry } from "./entry.ts";

/** What BIP 9 calls the stages of a rule that miners vote on. */
export type BitState = "defined" | "started" | "locked_in" | "active";

/** BIP 9's top bits, and the bit of Core's rule for tests, `testdummy`, which only regtest starts. */
const TOP_BITS = 0x20000000;
const TOP_MASK = 0xe0000000;
export const TESTDUMMY_BIT = 28;
/** Of the `periodBlocks` (144) of regtest: kernel/chainparams.cpp. */
export const TESTDUMMY_THRESHOLD = 108;

/** Does this block vote for `testdummy`? */
export function signals({ block }: BlockEntry): boolean {
  const version = block.header.version >>> 0;
  return (version & TOP_MASK) >>> 0 === TOP_BITS && ((version >>> TESTDUMMY_BIT) & 1) === 1;
}

/** By the last block of a period: the state of the next one. */
const KNOWN = new WeakMap<BlockEntry, BitState>();

/**
 * The state of `testdummy` for a block after `previous` (null: for the first), as Core's versionbits.cpp has it: it
 * changes from one period to the next only. Null: the network does not know the rule. Pruned history counts as active.
 */
export function testdummyState(previous: BlockEntry | null, network: Network): BitState | null {
  if (network.chain !== "regtest") return null;
  const { periodBlocks } = network;
  let last = previous;
  while (last !== null && (last.height + 1) % periodBlocks !== 0) last = last.previous;
  const ends: BlockEntry[] = [];
  while (last !== null && !KNOWN.has(last)) {
    ends.unshift(last);
    for (let back = 0; back < periodBlocks && last !== null; back++) last = last.previous;
  }
  let state = last === null ? firstState(previous, ends[0], periodBlocks) : (KNOWN.get(last) as BitState);
  for (const end of ends) {
    state = next(state, end, periodBlocks);
    KNOWN.set(end, state);
  }
  return state;
}

/** Of the oldest period that is kept. */
function firstState(
  previous: BlockEntry | null,
  oldestEnd: BlockEntry | undefined,
  periodBlocks: number,
): BitState {
  const height = oldestEnd?.height ?? previous?.height ?? 0;
  return height < periodBlocks ? "defined" : "active";
}

function next(state: BitState, end: BlockEntry, periodBlocks: number): BitState {
  if (state === "defined") return "started";
  if (state === "locked_in") return "active";
  if (state === "started" && votes(end, periodBlocks) >= TESTDUMMY_THRESHOLD) return "locked_in";
  return state;
}

/** Votes among the last so many blocks. */
function votes(end: BlockEntry, blocks: number): number {
  let count = 0;
  let at: BlockEntry | null = end;
  for (let back = 0; back < blocks && at !== null; back++, at = at.previous) count += Number(signals(at));
  return count;
}

/** The version of a block that this node makes: it votes while it can. */
export function blockVersion(previous: BlockEntry, network: Network): number {
  const state = testdummyState(previous, network);
  const vote = state === "started" || state === "locked_in" ? 2 ** TESTDUMMY_BIT : 0;
  return TOP_BITS + vote;
}
