import { z } from "zod";
import type { FaultKinds } from "../core/faults/kind.ts";

const none = z.strictObject({});

/** What the validator and the worker can do to a miner, beside the faults of the wire. */
export const VALIDATOR_FAULTS = {
  "validator.409": {
    effect: "409 for a server or GPUs that nobody else has: already in inventory",
    params: none,
  },
  "validator.423": { effect: "423 for a launch config: the chute is at its capacity", params: none },
  "validator.401skew": {
    effect: "the validator's clock is off, so good signatures are out of date: 401",
    params: z.strictObject({ seconds: z.number().min(-86_400).max(86_400).default(3_600) }),
  },
  "validator.pendingForever": { effect: "a verification never ends", params: none },
  "validator.seedMismatch": {
    effect: "the GPUs of one server get different seeds (legacy)",
    params: none,
  },
  "validator.socketDrop": {
    effect: "the broadcast channel breaks: a reset, or a closing handshake",
    params: z.strictObject({ mode: z.enum(["rst", "close"]).default("rst") }),
  },
  "validator.unknownBroadcast": {
    effect: "a broadcast that no miner knows",
    params: z.strictObject({
      reason: z.string().max(100).default("quota_changed"),
      data: z.record(z.string(), z.unknown()).default({}),
    }),
  },
  "validator.NO_ITEMS": { effect: "a list says that it is empty, and is not", params: none },
  "validator.emptyStream": {
    effect: "a list has no line at all, as if nothing had been asked",
    params: none,
  },
  "attest.down": {
    effect: "the worker's proxy answers, the service behind it does not",
    params: z.strictObject({
      status: z.union([z.literal(500), z.literal(502), z.literal(503)]).default(502),
    }),
  },
  "attest.slow": {
    effect: "the worker takes its time",
    params: z.strictObject({ ms: z.number().min(0).max(600_000).default(30_000) }),
  },
  "attest.countMismatch": {
    effect: "the worker shows fewer or more GPUs than its node has",
    params: z.strictObject({ by: z.int().min(-10).max(10).default(-1) }),
  },
  "attest.wrongUuid": {
    effect: "the worker's first GPUs are others than before",
    params: z.strictObject({ gpus: z.int().min(1).max(10).default(1) }),
  },
  "attest.expiredCert": {
    effect: "the worker's certificate is out of date (real sockets only)",
    params: none,
  },
} as const satisfies FaultKinds;
