import { z } from "zod";
import type { FaultKinds } from "../core/faults/kind.ts";

const none = z.strictObject({});
const netuid = z.int().min(0).max(65_535).default(46);
const uid = z.int().min(0).max(4_095);
const blocks = (most: number, usual: number) => z.int().min(0).max(most).default(usual);

/** What a node of the chain can do to its clients, beside the faults of the wire. Those of the chain itself begin with its next block. */
export const SUBTENSOR_FAULTS = {
  "head.stall": { effect: "no block is made; the fault's `duration` says for how long", params: none },
  "finality.lag": {
    effect: "finality is this many blocks behind the head",
    params: z.strictObject({ blocks: blocks(1_000, 20) }),
  },
  "finality.stall": { effect: "blocks are made and none is finalized", params: none },
  reorg: {
    effect:
      "the last blocks are replaced by others, never finalized ones; at every block while it stands, so give `count`",
    params: z.strictObject({ depth: z.int().min(1).max(100).default(2) }),
  },
  "rpc.timeout": {
    effect: "answers come only after so long",
    params: z.strictObject({ ms: z.number().min(1).max(60_000).default(30_000) }),
  },
  "rpc.error": {
    effect: "a JSON-RPC error instead of the answer",
    params: z.strictObject({
      code: z.int().default(-32_603),
      message: z.string().default("Internal error"),
      data: z.string().optional(),
    }),
  },
  "ws.drop": {
    effect: "the connection is reset (or closed with this code) when the next message comes over it",
    params: z.strictObject({ code: z.int().min(1_000).max(4_999).optional() }),
  },
  "ws.halfOpen": {
    effect: "the connection stays and says nothing any more, not even to pings of JSON-RPC",
    params: none,
  },
  "subscription.silent": {
    effect: "subscriptions are granted and never notify; those that stand fall silent",
    params: none,
  },
  stateDiscarded: {
    effect: "only the state of the last blocks is kept; 0: of the head alone, the rest is the archive's",
    params: z.strictObject({ olderThan: blocks(100_000, 256) }),
  },
  "specVersion.bump": {
    effect:
      "a runtime upgrade, with the same metadata, other metadata, or metadata that the node does not give out",
    params: z.strictObject({
      by: z.int().min(1).max(1_000).default(1),
      metadata: z.enum(["same", "changed", "withheld"]).default("same"),
    }),
  },
  txPool: {
    effect: "what becomes of an extrinsic that is handed in",
    params: z.strictObject({
      how: z.enum([
        "banned",
        "alreadyImported",
        "lowPriority",
        "full",
        "future",
        "usurped",
        "dropped",
        "invalid",
      ]),
    }),
  },
  "nonce.race": { effect: "the next nonce leaves out what waits in the pool", params: none },
  rateLimit: {
    effect: "an error for requests above so many a second",
    params: z.strictObject({
      reqPerSec: z.number().positive().max(1e6).default(10),
      code: z.int().default(-32_999),
      message: z.string().default("Rate limit exceeded"),
    }),
  },
  "metagraph.stale": {
    effect: "the newest metagraph is this many blocks old",
    params: z.strictObject({ blocks: blocks(10_000, 50) }),
  },
  "metagraph.flip": {
    effect: "a neuron gains or loses its permit, is deregistered, or has another stake, until the fault ends",
    params: z.strictObject({
      netuid,
      uid: uid.default(0),
      what: z.enum(["validator_permit", "deregister", "stake"]).default("validator_permit"),
      /** For `stake`: whole tokens more or less; never below 0. */
      by: z.number().min(-1e9).max(1e9).default(-100_000),
    }),
  },
  "uid.reuse": {
    effect: "two hotkeys have each other's uid, as after both registered anew, until the fault ends",
    params: z.strictObject({ netuid, uid: uid.default(2), other: uid.default(3) }),
  },
  commitment: {
    effect:
      "a hotkey's commitment is missing, old, longer than anybody's parser, or no UTF-8, until the fault ends",
    params: z.strictObject({
      netuid,
      uid: uid.default(2),
      how: z.enum(["missing", "old", "tooLong", "badUtf8"]).default("missing"),
    }),
  },
  wrongGenesis: { effect: "the node says another genesis hash: it belongs to another network", params: none },
  "ss58.prefix": {
    effect: "the node names another address prefix",
    params: z.strictObject({ prefix: z.int().min(0).max(16_383).default(13) }),
  },
  partialBatch: {
    effect: "a batch of requests, or a query of many keys, comes back with the last part missing",
    params: z.strictObject({ keep: z.number().min(0).max(1).default(0.5) }),
  },
  bigEvents: {
    effect: "System.Events is this long",
    params: z.strictObject({ megabytes: z.number().min(0.01).max(50).default(1) }),
  },
} as const satisfies FaultKinds;

export type SubtensorFault = keyof typeof SUBTENSOR_FAULTS;
