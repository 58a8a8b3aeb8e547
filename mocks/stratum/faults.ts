import { z } from "zod";
import type { FaultKinds } from "../core/faults/kind.ts";

const none = z.strictObject({});

/**
 * What a pool can do to its miners, beside the faults of the wire. All but `notify.*` can be limited by
 * `scope: { worker: "name.rig" }` once a miner has said its name, and by `scope: { client: "3" }`, its connection's number.
 */
export const STRATUM_FAULTS = {
  "extranonce.collision": {
    effect: "a miner that subscribes gets this extranonce 1, which others have too",
    params: z.strictObject({
      extranonce1: z
        .string()
        .regex(/^[0-9a-f]{8}$/)
        .default("c0111de0"),
    }),
  },
  "vardiff.frozen": { effect: "the difficulty of a miner does not change", params: none },
  "vardiff.thrash": {
    effect: "after each share the difficulty goes up or back down by this factor",
    params: z.strictObject({ factor: z.number().min(1.01).max(1e6).default(4) }),
  },
  "vardiff.spike": {
    effect: "a share is answered by a difficulty so many times higher",
    params: z.strictObject({ factor: z.number().min(1.01).max(1e12).default(1_000) }),
  },
  "notify.flood": {
    effect: "so many new jobs a second",
    params: z.strictObject({ perSec: z.number().min(1).max(1_000).default(20) }),
  },
  "notify.noCleanOnNewBlock": {
    effect:
      "the job of a new block says clean_jobs false, and shares of the old ones are refused all the same",
    params: none,
  },
  "notify.oldPrevhash": {
    effect: "the job of a new block builds on the block before it; its shares are stale",
    params: none,
  },
  "reconnect.storm": {
    effect: "so many miners are told to reconnect at once (or are dropped), once per fault",
    params: z.strictObject({
      clients: z.int().min(1).max(100_000).default(10_000),
      drop: z.boolean().default(false),
      /** Empty: to where they are. */
      host: z.string().default(""),
      port: z.int().min(0).max(65_535).default(0),
      waitSec: z.int().min(0).max(3_600).default(0),
    }),
  },
  "set_difficulty.afterJob": {
    effect: "a new difficulty holds for the next job and is only said after it",
    params: none,
  },
  duplicateShareEcho: {
    effect: "a good share is answered twice: taken, then refused as a duplicate",
    params: none,
  },
  rejectAll: {
    effect: "every share is refused for this reason",
    params: z.strictObject({
      code: z.int().min(20).max(25).default(20),
      reason: z.string().max(100).default("Rejected"),
    }),
  },
  slowReader: {
    effect: "the pool takes this long over each message of a miner",
    params: z.strictObject({ ms: z.number().min(1).max(600_000).default(1_000) }),
  },
} as const satisfies FaultKinds;
