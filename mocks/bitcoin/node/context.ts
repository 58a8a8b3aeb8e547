import type { Block } from "../chain/block.ts";
import { commitmentAt, heightScript, witnessRoot } from "../chain/coinbase.ts";
import type { BlockHeader } from "../chain/header.ts";
import { sha256d } from "../chain/sha256d.ts";
import { hasWitness, wtxidOf } from "../chain/transaction.ts";
import type { Transaction } from "../chain/transaction.ts";
import { tooHeavy } from "./check.ts";
import { medianTime } from "./entry.ts";
import type { BlockEntry } from "./entry.ts";
import type { Network } from "../networks.ts";

/** How far a block's time may be ahead of the node's (Core, MAX_FUTURE_BLOCK_TIME), in seconds. */
const MAX_FUTURE_SEC = 7_200;
/** How far the first time of a period of bits may lie before the last of the one before (Core, MAX_TIMEWARP; BIP 94). */
export const MAX_TIMEWARP_SEC = 600;
/** Locks below this are heights, others are times. */
const LOCKTIME_IS_TIME = 500_000_000;

const isFirstOfPeriod = (height: number, { periodBlocks }: Network): boolean => height % periodBlocks === 0;

/** The least time of a block after `previous` in a template (Core, GetMinimumTime: BIP 94's rule on all networks). */
export function leastTime(previous: BlockEntry, network: Network): number {
  const least = medianTime(previous) + 1;
  if (!isFirstOfPeriod(previous.height + 1, network)) return least;
  return Math.max(least, previous.block.header.time - MAX_TIMEWARP_SEC);
}

/** What a header must be after `previous`, in the order of Core's `ContextualCheckBlockHeader`. */
export function checkHeader(
  { bits, time, version }: BlockHeader,
  previous: BlockEntry,
  wantedBits: number,
  nowSec: number,
  network: Network,
): string | null {
  if (bits !== wantedBits) return "bad-diffbits";
  if (time <= medianTime(previous)) return "time-too-old";
  if (network.enforcesBip94 && isFirstOfPeriod(previous.height + 1, network))
    if (time < previous.block.header.time - MAX_TIMEWARP_SEC) return "time-timewarp-attack";
  if (time > nowSec + MAX_FUTURE_SEC) return "time-too-new";
  // BIP 34, 66 and 65 are in force on all heights here.
  if (version < 4) return `bad-version(0x${(version >>> 0).toString(16).padStart(8, "0")})`;
  return null;
}

/** What a block must be after `previous`, in the order of Core's `ContextualCheckBlock`. */
export function checkInContext(block: Block, previous: BlockEntry): string | null {
  const height = previous.height + 1;
  const median = medianTime(previous);
  if (!block.transactions.every((transaction) => isFinal(transaction, height, median)))
    return "bad-txns-nonfinal";
  const [coinbase] = block.transactions;
  const wanted = heightScript(height);
  const script = Buffer.from(coinbase?.inputs[0]?.script ?? []);
  if (!script.subarray(0, wanted.length).equals(wanted)) return "bad-cb-height";
  return checkWitness(block) ?? (tooHeavy(block) ? "bad-blk-weight" : null);
}

/** BIP 141's commitment, as Core's `CheckWitnessMalleation`. */
function checkWitness({ transactions }: Block): string | null {
  const [coinbase, ...others] = transactions;
  if (coinbase === undefined) return null;
  const at = commitmentAt(coinbase);
  if (at === -1) return transactions.some(hasWitness) ? "unexpected-witness" : null;
  const witness = coinbase.inputs[0]?.witness ?? [];
  const [nonce] = witness;
  if (witness.length !== 1 || nonce?.length !== 32) return "bad-witness-nonce-size";
  const wanted = sha256d(Buffer.concat([witnessRoot(others.map(wtxidOf)), nonce]));
  const found = Buffer.from(coinbase.outputs[at]?.script ?? []).subarray(6, 38);
  return wanted.equals(found) ? null : "bad-witness-merkle-match";
}

export function isFinal({ lockTime, inputs }: Transaction, height: number, median: number): boolean {
  if (lockTime === 0 || lockTime < (lockTime < LOCKTIME_IS_TIME ? height : median)) return true;
  return inputs.every(({ sequence }) => sequence === 0xffffffff);
}
