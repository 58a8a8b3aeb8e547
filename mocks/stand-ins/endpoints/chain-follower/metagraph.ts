import type { Block } from "./heads.ts";
import type { Neuron } from "./storage.ts";

/** The subnet as the finalized state of one block has it. */
export interface Metagraph {
  readonly block: Block;
  readonly neurons: ReadonlyMap<string, Neuron>;
}

export type Permission =
  | { readonly kind: "known"; readonly neuron: Neuron | null; readonly block: number; readonly ageMs: number }
  /** Nothing may be said: `why` says so to whoever asked. */
  | { readonly kind: "refused"; readonly why: string; readonly ageMs: number | null };

export interface MetagraphCache {
  /** Takes a state that is newer than the one it has; an older one is left out. */
  put(block: Block, neurons: readonly Neuron[]): void;
  block(): number;
  size(): number;
  ageMs(nowMs: number): number | null;
  ask(hotkey: string, nowMs: number): Permission;
}

/**
 * Keeps the newest state, and answers from it for `maxAgeMs` after its block was first seen; infinity: for ever. What was there
 * when the follower began may be of any age: so nothing is said before the chain was seen to move.
 */
export function createMetagraphCache(maxAgeMs: number): MetagraphCache {
  let kept: Metagraph | null = null;
  let moved = false;
  const ageMs = (nowMs: number) => (kept === null ? null : nowMs - kept.block.seenMs);

  return {
    ageMs,
    block: () => kept?.block.number ?? 0,
    size: () => kept?.neurons.size ?? 0,
    put(block, neurons) {
      if (kept !== null && block.number <= kept.block.number) return;
      moved = kept !== null;
      kept = { block, neurons: new Map(neurons.map((neuron) => [neuron.hotkey, neuron])) };
    },
    ask(hotkey, nowMs) {
      const age = ageMs(nowMs);
      if (kept === null || age === null)
        return { kind: "refused", why: "the metagraph is not known yet", ageMs: null };
      if (!moved) return { kind: "refused", why: "the chain was not seen to move yet", ageMs: age };
      if (age > maxAgeMs)
        return {
          kind: "refused",
          why: `the metagraph is ${age} ms old, ${maxAgeMs} are allowed`,
          ageMs: age,
        };
      const neuron = kept.neurons.get(hotkey) ?? null;
      return { kind: "known", neuron, block: kept.block.number, ageMs: age };
    },
  };
}
