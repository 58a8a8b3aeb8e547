import { hashText } from "./sha256d.ts";

/** The target of difficulty 1: 0xffff · 2^208. */
export const DIFFICULTY_1 = 0xffffn << 208n;

/** The target of compact bits (`nBits`); 0n for a negative, zero or overflowing one, which no hash meets. */
export function targetOf(bits: number): bigint {
  const size = bits >>> 24;
  const mantissa = bits & 0x7fffff;
  if ((bits & 0x800000) !== 0 || mantissa === 0) return 0n;
  const target =
    size <= 3 ? BigInt(mantissa) >> BigInt(8 * (3 - size)) : BigInt(mantissa) << BigInt(8 * (size - 3));
  return target >= 1n << 256n ? 0n : target;
}

/** The compact bits of a target, rounded down as they are. */
export function bitsOf(target: bigint): number {
  let size = Math.ceil(target.toString(2).length / 8);
  let mantissa = Number(size <= 3 ? target << BigInt(8 * (3 - size)) : target >> BigInt(8 * (size - 3)));
  // The top bit is a sign.
  if ((mantissa & 0x800000) !== 0) {
    mantissa >>= 8;
    size += 1;
  }
  return ((size << 24) | mantissa) >>> 0;
}

/** As Core computes it (`GetDifficulty`), so that the digits agree. */
export function difficultyOf(bits: number): number {
  let difficulty = 0xffff / (bits & 0xffffff);
  for (let shift = bits >>> 24; shift < 29; shift++) difficulty *= 256;
  for (let shift = bits >>> 24; shift > 29; shift--) difficulty /= 256;
  return difficulty;
}

/** The target of a share or block of this difficulty. */
export function targetOfDifficulty(difficulty: number): bigint {
  // 2^-32 is far below any difficulty in use, and 53 bits of the double are kept.
  const scaled = BigInt(Math.max(1, Math.round(difficulty * 2 ** 32)));
  const target = (DIFFICULTY_1 << 32n) / scaled;
  const largest = (1n << 256n) - 1n;
  return target > largest ? largest : target;
}

/** A hash (internal bytes) as the number that is held against a target. */
export function hashNumber(hash: Uint8Array): bigint {
  return BigInt(`0x${hashText(hash)}`);
}

/** The difficulty that this hash would have met. */
export function shareDifficulty(hash: Uint8Array): number {
  return Number(DIFFICULTY_1) / Number(hashNumber(hash));
}

/** Hashes that a block of these bits takes on average: what Core sums up as `chainwork`. */
export function workOf(bits: number): bigint {
  const target = targetOf(bits);
  return target === 0n ? 0n : (1n << 256n) / (target + 1n);
}

/** Hashes that a share of this difficulty takes on average. */
export function expectedHashes(difficulty: number): number {
  return difficulty * 2 ** 32;
}

/** A target or work as 64 hex digits. */
export function hex256(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}

/** Bits as RPC writes them. */
export function bitsText(bits: number): string {
  return bits.toString(16).padStart(8, "0");
}
