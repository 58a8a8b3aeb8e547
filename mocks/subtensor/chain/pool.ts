import { affordable } from "./execute.ts";
import type { Extrinsic } from "./extrinsic.ts";
import { accountOf } from "./state.ts";
import type { ChainState } from "./state.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** As a watcher of an extrinsic hears it. */
export type TxStatus =
  "ready" | "future" | "dropped" | "invalid" | Readonly<Record<string, string | readonly string[]>>;

/** As sc-transaction-pool has them: 8192 transactions, and so many in a block of ours. */
const MAX_POOL = 8_192;
const MAX_IN_BLOCK = 500;

interface Pooled {
  readonly extrinsic: Extrinsic;
  /** It waits for good: a fault holds it back. */
  readonly held: boolean;
}

export type Added =
  | "added"
  /** Its nonce is behind the account's. */
  | "stale"
  | "unpaid"
  | "known"
  | "full"
  /** Another with this nonce waits, and pays at least as much. */
  | "lowPriority";

export interface Pool {
  add(extrinsic: Extrinsic, state: ChainState, runtime: Runtime, held: boolean): Added;
  /** Also of an extrinsic that has left the pool for a block. */
  watch(hash: string, watcher: (status: TxStatus) => void): () => void;
  /** Takes what the next block holds, in order. */
  take(state: ChainState, number: number): Extrinsic[];
  /** A block is gone: its extrinsics wait again. */
  putBack(extrinsics: readonly Extrinsic[]): void;
  tell(hash: string, status: TxStatus): void;
  /** The nonce after those that wait without a gap. */
  nextNonce(state: ChainState, account: string): number;
  pending(): readonly string[];
  remove(hash: string, status: TxStatus): void;
}

export function createPool(): Pool {
  /** In the order of arrival. */
  const pooled = new Map<string, Pooled>();
  const watchers = new Map<string, Set<(status: TxStatus) => void>>();

  const tell = (hash: string, status: TxStatus) => {
    for (const watcher of watchers.get(hash) ?? []) watcher(status);
  };
  const remove = (hash: string, status: TxStatus) => {
    if (pooled.delete(hash)) tell(hash, status);
  };
  const enter = (extrinsic: Extrinsic, held: boolean) => void pooled.set(extrinsic.hash, { extrinsic, held });

  return {
    add(extrinsic, state, runtime, held) {
      if (pooled.has(extrinsic.hash)) return "known";
      if (pooled.size >= MAX_POOL) return "full";
      if (extrinsic.nonce < accountOf(state, extrinsic.signer).nonce) return "stale";
      if (!affordable(state, extrinsic, runtime)) return "unpaid";
      const rival = [...pooled.values()].find(
        ({ extrinsic: other }) => other.signer === extrinsic.signer && other.nonce === extrinsic.nonce,
      );
      if (rival !== undefined) {
        if (rival.extrinsic.tip >= extrinsic.tip) return "lowPriority";
        remove(rival.extrinsic.hash, { usurped: extrinsic.hash });
      }
      enter(extrinsic, held);
      return "added";
    },
    watch(hash, watcher) {
      const all = watchers.get(hash) ?? new Set();
      watchers.set(hash, all.add(watcher));
      return () => {
        all.delete(watcher);
        if (all.size === 0) watchers.delete(hash);
      };
    },
    take(state, number) {
      const chosen: Extrinsic[] = [];
      const nonces = new Map<string, number>();
      const waiting = [...pooled.values()].filter(({ held }) => !held).map(({ extrinsic }) => extrinsic);
      for (const extrinsic of waiting.toSorted(byTipThenNonce)) {
        if (extrinsic.diesAt < number) {
          remove(extrinsic.hash, "invalid");
          continue;
        }
        const next = nonces.get(extrinsic.signer) ?? accountOf(state, extrinsic.signer).nonce;
        if (extrinsic.nonce < next) remove(extrinsic.hash, "invalid");
        if (extrinsic.nonce !== next || chosen.length >= MAX_IN_BLOCK) continue;
        nonces.set(extrinsic.signer, next + 1);
        chosen.push(extrinsic);
        pooled.delete(extrinsic.hash);
      }
      return chosen;
    },
    putBack(extrinsics) {
      for (const extrinsic of extrinsics) enter(extrinsic, false);
    },
    tell,
    nextNonce(state, account) {
      const waiting = new Set(
        [...pooled.values()].flatMap(({ extrinsic }) =>
          extrinsic.signer === account ? [extrinsic.nonce] : [],
        ),
      );
      let { nonce } = accountOf(state, account);
      while (waiting.has(nonce)) nonce += 1;
      return nonce;
    },
    pending: () => [...pooled.values()].map(({ extrinsic }) => extrinsic.hex),
    remove,
  };
}

/** Who pays more goes first, but an account's own extrinsics in the order of their nonces. */
function byTipThenNonce(a: Extrinsic, b: Extrinsic): number {
  if (a.signer === b.signer) return a.nonce - b.nonce;
  return a.tip === b.tip ? 0 : a.tip < b.tip ? 1 : -1;
}
