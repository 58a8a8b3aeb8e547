import { z } from "zod";
import type { FaultKinds } from "../core/faults/kind.ts";

const none = z.strictObject({});
const sec = (most: number) => z.number().min(0).max(most);

/**
 * What a node can do to its clients, beside the faults of the wire. Those of one call can be limited by
 * `scope: { method: "getblocktemplate" }`, those of ZMQ by `scope: { topic: "hashblock" }`.
 */
export const BITCOIN_FAULTS = {
  "tip.stall": { effect: "no block of others arrives; they come all at once at its end", params: none },
  reorg: {
    effect: "the last `depth` blocks are replaced by a longer branch, once",
    params: z.strictObject({
      depth: z.int().min(1).max(100).default(1),
      /** Their transactions go back to the mempool; false: they are lost, as after a double spend. */
      keepTxs: z.boolean().default(true),
    }),
  },
  orphanRace: {
    effect: "a block that a client found loses to a rival's branch, with this probability",
    params: z.strictObject({ probability: z.number().min(0).max(1).default(1) }),
  },
  ibd: {
    effect: "the node is in its initial download: getblocktemplate answers -10, on test chains too",
    params: none,
  },
  peer0: { effect: "no peers: getblocktemplate answers -9, on test chains too", params: none },
  warmup: {
    effect: "every call answers -28",
    params: z.strictObject({ message: z.string().default("Loading block index…") }),
  },
  workQueue: { effect: "HTTP 503: work queue depth exceeded", params: none },
  "rpc.timeout": {
    effect: "the answer comes so many seconds late",
    params: z.strictObject({ sec: sec(120).min(0.01) }),
  },
  "auth.rotate": {
    effect: "another password holds: 401 for the old one",
    params: z.strictObject({ password: z.string().default("rotated") }),
  },
  "gbt.stale": {
    effect: "getblocktemplate repeats an answer until it is so old",
    params: z.strictObject({ sec: sec(86_400) }),
  },
  "gbt.badBits": {
    effect: "bits and target of a template are so many times too easy",
    params: z.strictObject({ factor: z.number().min(1).max(1e6).default(2) }),
  },
  "gbt.noCommitment": { effect: "templates lack default_witness_commitment", params: none },
  "gbt.missingRule": {
    effect: "getblocktemplate wants a rule that the client does not name, as signet does",
    params: z.strictObject({ rule: z.string().default("signet") }),
  },
  "gbt.hugeMempool": {
    effect: "so many made-up transactions wait",
    params: z.strictObject({ txs: z.int().min(0).max(20_000).default(5_000) }),
  },
  "difficulty.step": {
    effect: "blocks need so many times the work; never less than the network's least",
    params: z.strictObject({ factor: z.number().min(1e-6).max(1e12) }),
  },
  clock: {
    effect: "the node's clock is off: curtime and the check of a block's time follow it",
    params: z.strictObject({ seconds: z.number().int().min(-604_800).max(604_800) }),
  },
  "submitblock.reject": {
    effect: "a block is refused for this reason, unseen",
    params: z.strictObject({ reason: z.string().default("rejected") }),
  },
  "submitblock.inconclusive": {
    effect: "`inconclusive`, and the block does not become the tip",
    params: none,
  },
  "submitblock.lostResponse": {
    effect: "the block is taken, and the connection is reset instead of an answer",
    params: none,
  },
  "zmq.drop": { effect: "a message is lost; its number is used up", params: none },
  "zmq.gap": {
    effect: "so many sequence numbers are skipped and nothing is lost",
    params: z.strictObject({ count: z.int().min(1).max(1_000_000).default(1) }),
  },
  "zmq.dup": { effect: "a message comes twice, with the same number", params: none },
  "zmq.late": { effect: "a message comes so late", params: z.strictObject({ sec: sec(600).default(5) }) },
} as const satisfies FaultKinds;
