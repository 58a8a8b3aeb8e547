import { z } from "zod";
import type { FaultKinds } from "./kind.ts";

const bytes = z.int().nonnegative().max(1e9);
const phase = z.enum(["headers", "body"]).default("body");

const delayMs = z.number().nonnegative().max(60_000);

/**
 * How an added delay is spread. `mean` in ms; `p99` (ms) shapes normal and lognormal; `uniform` is 0 to twice the mean; `trace`
 * draws from delays (ms) that somebody has measured.
 */
const delayParams = z.union([
  z.strictObject({
    dist: z.enum(["const", "uniform", "normal", "lognormal", "pareto"]).default("const"),
    mean: delayMs,
    p99: z.number().positive().max(600_000).optional(),
  }),
  z.strictObject({ dist: z.literal("trace"), trace: z.array(delayMs).min(1).max(10_000) }),
]);
export type DelayParams = z.output<typeof delayParams>;

const cutParams = z.strictObject({
  /** What `afterBytes` counts from: the response's first byte, or the first of its body. */
  phase,
  afterBytes: bytes.default(0),
});
export type CutParams = z.output<typeof cutParams>;

const forMs = z.union([z.number().nonnegative().max(86_400_000), z.literal("forever")]).default("forever");

const halfOpenParams = z.strictObject({
  phase: z.enum(["headers", "body"]).default("headers"),
  afterBytes: bytes.default(0),
  /** Until the reset that a client gets when its packets find nobody. */
  ms: forMs,
});
export type HalfOpenParams = z.output<typeof halfOpenParams>;

/** The faults of the wire, the same under every protocol. On raw TCP and WebSocket every message is an answer of its own. Those of TLS meet new connections of a mount that speaks it. */
export const TRANSPORT_FAULTS = {
  "tcp.refuse": { effect: "connection refused: nobody listens", params: z.strictObject({}) },
  "tcp.reset-on-accept": {
    effect: "the connection is reset as soon as it stands",
    params: z.strictObject({}),
  },
  "tcp.hold-accept": {
    effect: "the connection stands, and nothing is read from it for `ms`",
    params: z.strictObject({ ms: z.number().nonnegative().max(86_400_000) }),
  },
  "tcp.blackhole": { effect: "the request is taken and never answered", params: z.strictObject({}) },
  "tcp.rst": { effect: "reset after so many bytes of the answer", params: cutParams },
  "tcp.fin": {
    effect: "closed after so many bytes of the answer, as if it were complete",
    params: cutParams,
  },
  latency: { effect: "every answer (or message) comes later", params: delayParams },
  throttle: {
    effect: "the answer's bytes come slowly",
    params: z.strictObject({ bytesPerSec: z.number().min(1).max(1e9) }),
  },
  slice: {
    effect: "the answer comes in small pieces",
    params: z.strictObject({
      bytes: z.int().min(1).max(1_460),
      gapMs: z.number().nonnegative().max(5_000).default(0),
    }),
  },
  stall: {
    effect: "the answer stops after so many bytes, for a time or forever",
    params: z.strictObject({
      phase,
      afterBytes: bytes.default(0),
      ms: z.union([z.number().nonnegative(), z.literal("forever")]).default("forever"),
    }),
  },
  halfOpen: {
    effect:
      "after so many bytes of the answer the connection is dead and does not look so; later perhaps a reset",
    params: halfOpenParams,
  },
  corrupt: {
    effect: "bits of the answer are flipped: each byte with this chance",
    params: z.strictObject({ rate: z.number().min(1e-9).max(1), phase }),
  },
  "tls.expired": { effect: "the certificate's time is over", params: z.strictObject({}) },
  "tls.wrongHost": { effect: "the certificate is another host's", params: z.strictObject({}) },
  "tls.selfSigned": { effect: "the certificate is signed by itself", params: z.strictObject({}) },
  "tls.handshakeStall": {
    effect: "the connection stands, and its TLS handshake goes on after `ms`, or never",
    params: z.strictObject({ ms: forMs }),
  },
} as const satisfies FaultKinds;

/** All that can be put into a mock: the faults of the wire and its own. */
export function faultKindsOf({ faults }: { readonly faults: FaultKinds }): FaultKinds {
  return { ...TRANSPORT_FAULTS, ...faults };
}

export type TransportFault = keyof typeof TRANSPORT_FAULTS;
