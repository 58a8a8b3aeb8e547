import type { Block } from "../chain/block.ts";
import { commitmentAt } from "../chain/coinbase.ts";

/** OP_TRUE: a signet on which everybody may mine. */
const ANYBODY = "51";
/** Marks the solution inside the witness commitment's output (BIP 325). */
const SIGNET_MARK = Buffer.from("ecc7daa2", "hex");

/**
 * Does the block carry what the challenge asks for (BIP 325)? The challenge `51` needs no solution; any other needs
 * keys that nobody who talks to this mock has, so scripts are not run and the answer is no.
 */
export function solvesSignet({ transactions }: Block, challenge: string): boolean {
  const [coinbase] = transactions;
  if (coinbase === undefined || commitmentAt(coinbase) === -1) return false;
  const script = Buffer.from(coinbase.outputs[commitmentAt(coinbase)]?.script ?? []);
  return challenge === ANYBODY && !script.includes(SIGNET_MARK);
}
