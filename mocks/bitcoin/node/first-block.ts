import { keyedRandom } from "../../../harness/service/random.ts";
import { HEX, randomText } from "../../core/random.ts";
import type { MockWorld } from "../../core/mock.ts";
import type { Block } from "../chain/block.ts";
import { subsidyAt } from "../chain/block.ts";
import { commitmentScript, heightScript, WITNESS_NONCE } from "../chain/coinbase.ts";
import { merkleRoot } from "../chain/merkle.ts";
import { hashText } from "../chain/sha256d.ts";
import { coinbaseInput, txidOf } from "../chain/transaction.ts";
import type { Network } from "../networks.ts";
import { madeUpScript } from "./made-up.ts";

/** The age of the first block that stands for a public network's history. */
const AGE_MS = 5 * 60_000;

/** The genesis block, or a made-up one on a made-up past where the mock's history begins higher. */
export function firstBlock(world: MockWorld, network: Network): Block {
  if (network.firstHeight === 0) return network.genesis;
  const random = keyedRandom(world.seed, "bitcoin/first-block");
  const coinbase = {
    version: 2,
    inputs: [
      coinbaseInput(Buffer.concat([heightScript(network.firstHeight), Buffer.of(0)]), [WITNESS_NONCE]),
    ],
    outputs: [
      { value: subsidyAt(network.firstHeight, network.halving), script: madeUpScript(random) },
      { value: 0n, script: commitmentScript([]) },
    ],
    lockTime: 0,
  };
  return {
    header: {
      version: 0x20000000,
      previousHash: randomText(random, 64, HEX),
      merkleRoot: hashText(merkleRoot([txidOf(coinbase)]).root),
      time: Math.floor((world.clock.wallMs() - world.clock.nowMs() - AGE_MS) / 1_000),
      bits: network.bits,
      nonce: random.below(2 ** 32),
    },
    transactions: [coinbase],
  };
}
