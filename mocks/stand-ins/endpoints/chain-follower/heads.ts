import type { Rpc } from "./rpc.ts";
import { RpcError, textResult } from "./rpc.ts";

export interface Block {
  readonly number: number;
  readonly hash: string;
  /** When this follower first saw a block with this or a higher number. */
  readonly seenMs: number;
}

export interface Heads {
  readonly best: Block;
  readonly finalized: Block;
}

/** What one look at a node shows. @throws RpcError, RequestError */
export async function readHeads(rpc: Rpc, nowMs: () => number): Promise<Heads> {
  const best = await readBlock(rpc, textResult("chain_getBlockHash", await rpc("chain_getBlockHash")), nowMs);
  const hash = textResult("chain_getFinalizedHead", await rpc("chain_getFinalizedHead"));
  return { best, finalized: await readBlock(rpc, hash, nowMs) };
}

async function readBlock(rpc: Rpc, hash: string, nowMs: () => number): Promise<Block> {
  const header = await rpc("chain_getHeader", [hash]);
  const number = Number((header as { number?: unknown } | null)?.number);
  if (!Number.isSafeInteger(number)) throw new RpcError("chain_getHeader: no number");
  return { number, hash, seenMs: nowMs() };
}

/**
 * Heads over time. A block keeps the time at which its height was first reached: a node that shows the same block again,
 * or another node that is behind, makes nothing younger.
 */
export function followHeads(before: Heads | null, now: Heads): Heads {
  if (before === null) return now;
  return { best: follow(before.best, now.best), finalized: follow(before.finalized, now.finalized) };
}

function follow(before: Block, now: Block): Block {
  return now.number > before.number ? now : { ...now, seenMs: before.seenMs };
}
