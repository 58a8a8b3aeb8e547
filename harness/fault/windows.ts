import { CONFIRM_LIMIT_MS } from "./confirming.ts";

/** When a fault begins: link after link from the baseline, each `delayMs` after the one before was confirmed. */
export interface FaultWindow {
  /** From the first fault of the chain to the fault itself. */
  readonly chain: readonly { readonly id: string; readonly delayMs: number }[];
  /** From its confirmation; null: to the end of the trial. */
  readonly durationMs: number | null;
}

/** Milliseconds after a common anchor; the truth lies somewhere between. */
interface Span {
  readonly earliestMs: number;
  readonly latestMs: number;
}

/**
 * Can the two be in effect at the same time? Confirmation takes between nothing and its limit, so times are spans; they
 * are counted from the last link that both chains share, where the uncertainty of what lies before cancels out.
 */
export function overlaps(a: FaultWindow, b: FaultWindow): boolean {
  let shared = 0;
  while (shared < a.chain.length && shared < b.chain.length && a.chain[shared]!.id === b.chain[shared]!.id) {
    shared++;
  }
  return begins(a, shared) <= ends(b, shared) && begins(b, shared) <= ends(a, shared);
}

/** The earliest moment at which its effect can be there. */
function begins(window: FaultWindow, from: number): number {
  return confirmation(window, from).earliestMs;
}

/** The latest moment at which its effect can still be there. */
function ends(window: FaultWindow, from: number): number {
  return confirmation(window, from).latestMs + (window.durationMs ?? Infinity);
}

/** When it is confirmed; a window that is itself the anchor was confirmed at zero. */
function confirmation(window: FaultWindow, from: number): Span {
  const links = window.chain.slice(from);
  const delayMs = links.reduce((sum, link) => sum + link.delayMs, 0);
  return { earliestMs: delayMs, latestMs: delayMs + links.length * CONFIRM_LIMIT_MS };
}
