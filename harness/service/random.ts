import type { Random } from "./host.ts";

/**
 * A counter-based stream keyed by seed and purpose: the n-th number depends on nothing but these three, so adding
 * a consumer somewhere never shifts anyone else's numbers.
 */
export function keyedRandom(seed: number, purpose: string): Random {
  const key = mix(seed ^ hashText(purpose));
  let counter = 0;
  const nextUint32 = () => mix(key ^ mix(counter++));
  return {
    next: () => nextUint32() / 2 ** 32,
    below: (bound) => Math.floor((nextUint32() / 2 ** 32) * bound),
  };
}

/** The finaliser of MurmurHash3 (Austin Appleby, public domain): every input bit reaches every output bit. */
export function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a, 32 bits (offset basis and prime as in the FNV specification). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
