import type { Random } from "../../../service/host.ts";
import { keyedRandom } from "../../../service/random.ts";

/**
 * Random numbers for one purpose of one entity, a function of (seed, entity, purpose, count) alone: a fault more
 * or less never shifts anyone else's numbers, which keeps shrunk reproducers short.
 */
export function stream(seed: number, entity: string, purpose: string): Random {
  return keyedRandom(seed, `${entity}\u0000${purpose}`);
}

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + random.next() * (high - low);
}
