import { bitsOf, targetOf } from "../chain/target.ts";
import type { Network } from "../networks.ts";
import type { BlockEntry } from "./entry.ts";

const PERIOD_SEC = 14 * 24 * 3_600;

/**
 * The bits that a block after `previous` with this time needs (Core, pow.cpp). Where the start of the period lies before
 * this mock's history, the bits stay.
 */
export function nextBits(previous: BlockEntry, timeSec: number, network: Network): number {
  if (!network.retargets) return network.bits;
  if ((previous.height + 1) % network.periodBlocks === 0) return retarget(previous, network);
  if (!network.easyAfter20Minutes) return previous.block.header.bits;
  if (timeSec > previous.block.header.time + 1_200) return network.limitBits;
  let last: BlockEntry = previous;
  while (
    last.previous !== null &&
    last.height % network.periodBlocks !== 0 &&
    last.block.header.bits === network.limitBits
  )
    last = last.previous;
  return last.block.header.bits;
}

function retarget(last: BlockEntry, network: Network): number {
  let first = last;
  for (let back = 1; back < network.periodBlocks; back++) {
    if (first.previous === null) return last.block.header.bits;
    first = first.previous;
  }
  const took = last.block.header.time - first.block.header.time;
  const clamped = Math.min(PERIOD_SEC * 4, Math.max(Math.floor(PERIOD_SEC / 4), took));
  // Testnet4 takes the period's first bits (BIP 94), the others the last.
  const from = targetOf((network.easyAfter20Minutes ? first : last).block.header.bits);
  const target = (from * BigInt(clamped)) / BigInt(PERIOD_SEC);
  const limit = targetOf(network.limitBits);
  return bitsOf(target > limit ? limit : target);
}

/** Bits so many times harder. Never easier than the network's limit. */
export function harder(bits: number, factor: number, network: Network): number {
  const scaled = (targetOf(bits) * 1_000_000n) / BigInt(Math.max(1, Math.round(factor * 1_000_000)));
  const limit = targetOf(network.limitBits);
  return bitsOf(scaled > limit ? limit : scaled < 1n ? 1n : scaled);
}
