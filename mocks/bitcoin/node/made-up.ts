import type { Random } from "../../../harness/service/host.ts";
import { HEX, randomText } from "../../core/random.ts";
import { hash } from "node:crypto";
import type { Transaction } from "../chain/transaction.ts";
import type { Coins } from "./coins.ts";

/** The witness script OP_TRUE: whoever shows it may spend, so the transaction is valid without a signature. */
const ANYBODY = Buffer.of(0x51);
const ANYBODY_OUTPUT = Buffer.concat([Buffer.of(0, 32), hash("sha256", ANYBODY, "buffer")]);

/** An output script that pays to a made-up key hash. */
export function madeUpScript(random: Random): Buffer {
  return Buffer.concat([Buffer.of(0, 20), Buffer.from(randomText(random, 40, HEX), "hex")]);
}

/**
 * A valid transaction of nobody: it spends a coin from before this mock's history, pays somebody and keeps the change.
 * Fees are spread as on a busy day, 1 to 80 satoshi per virtual byte; sizes are those of one input and two outputs.
 */
export function madeUpTransaction(random: Random, coins: Coins): Transaction {
  const txid = randomText(random, 64, HEX);
  const value = 100_000n + BigInt(random.below(100_000_000));
  coins.found(txid, 0, { value, script: ANYBODY_OUTPUT, height: 0, coinbase: false });
  const fee = BigInt(130 + random.below(80 * 130));
  const paid = BigInt(random.below(Number(value - fee) - 1_000)) + 500n;
  return {
    version: 2,
    inputs: [{ txid, vout: 0, script: Buffer.alloc(0), sequence: 0xfffffffd, witness: [ANYBODY] }],
    outputs: [
      { value: paid, script: madeUpScript(random) },
      { value: value - fee - paid, script: ANYBODY_OUTPUT },
    ],
    lockTime: 0,
  };
}
