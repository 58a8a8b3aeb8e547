import type { Random } from "../../../harness/service/host.ts";
import { grind } from "../../bitcoin/chain/grind.ts";
import type { BlockHeader } from "../../bitcoin/chain/header.ts";
import { expectedHashes, targetOfDifficulty } from "../../bitcoin/chain/target.ts";
import { drawDifficulty, oracleShare } from "../oracle.ts";
import { headerOf, hex32 } from "../work.ts";
import type { MinerWork, Share } from "./session.ts";

/** Finds shares: by hashing, or as if. */
export interface Engine {
  start(work: MinerWork): void;
  /** What so many hashes bring, at a difficulty that may differ from the work's. */
  search(hashes: number, difficulty: number): Share[];
}

/** Shares of one step: more mean that the difficulty is far too low. */
const MAX_AT_ONCE = 100;
const ALL_NONCES = 2 ** 32;
/** Tries of one step, some 40 ms: whoever is slower than its hash rate must not fall behind for ever. */
const MAX_TRIES_AT_ONCE = 20_000;

/** Really hashes, on the caller's thread: about half a million tries a second. */
export function hashingEngine(random: Random, versionRolling: boolean): Engine {
  let work: MinerWork | null = null;
  let header: BlockHeader | null = null;
  let extranonce2 = "";
  let counter = random.below(ALL_NONCES);
  let nextNonce = 0;
  const prepare = (of: MinerWork) => {
    extranonce2 = (counter++)
      .toString(16)
      .padStart(2 * of.extranonce2Bytes, "0")
      .slice(-2 * of.extranonce2Bytes);
    nextNonce = 0;
    header = headerOf(of, {
      extranonce: of.extranonce1 + extranonce2,
      timeSec: of.timeSec,
      nonce: 0,
      versionBits: rolled(of),
      mask: of.mask,
    });
  };
  /** Half of the bits that may be rolled, so that the pool sees some. */
  const rolled = ({ mask }: MinerWork) => (versionRolling ? mask & 0x55555555 : 0);
  return {
    start(next) {
      work = next;
      prepare(next);
    },
    search(hashes, difficulty) {
      const shares: Share[] = [];
      const of = work;
      if (of === null) return shares;
      let left = Math.floor(Math.min(hashes, MAX_TRIES_AT_ONCE));
      while (left > 0 && shares.length < MAX_AT_ONCE) {
        if (header === null || nextNonce >= ALL_NONCES) prepare(of);
        const tries = Math.min(left, ALL_NONCES - nextNonce);
        const from: BlockHeader = { ...(header as BlockHeader), nonce: nextNonce };
        const found = grind(from, targetOfDifficulty(difficulty), tries);
        const tried = found === null ? tries : found.nonce - nextNonce + 1;
        left -= tried;
        nextNonce += tried;
        if (found === null) continue;
        const versionBits = versionRolling ? hex32(rolled(of)) : null;
        shares.push({
          jobId: of.id,
          extranonce2,
          time: hex32(found.time),
          nonce: hex32(found.nonce),
          versionBits,
        });
      }
      return shares;
    },
  };
}

/** Draws shares as a Poisson process and proves them with the pool's key: no hashing. */
export function oracleEngine(random: Random, key: string): Engine {
  let work: MinerWork | null = null;
  let counter = 0;
  return {
    start: (next) => void (work = next),
    search(hashes, difficulty) {
      const of = work;
      if (of === null) return [];
      const count = Math.min(poisson(random, hashes / expectedHashes(difficulty)), MAX_AT_ONCE);
      return Array.from({ length: count }, () => {
        const met = drawDifficulty(difficulty, random.next());
        const context = { jobId: of.id, extranonce1: of.extranonce1 };
        const share = oracleShare(key, context, counter++, met);
        return { jobId: of.id, ...share, time: hex32(of.timeSec), versionBits: null };
      });
    },
  };
}

/** How many events of a Poisson process come where `mean` are expected (Knuth, TAOCP 2, 3.4.1). */
export function poisson(random: Random, mean: number): number {
  // The product of so many numbers would leave the doubles; the sum of two processes is one.
  if (mean > 500) return poisson(random, mean / 2) + poisson(random, mean / 2);
  const limit = Math.exp(-mean);
  let product = random.next();
  let count = 0;
  for (; product > limit; count++) product *= random.next();
  return count;
}
