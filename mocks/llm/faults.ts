import { z } from "zod";
import type { FaultKinds } from "../core/faults/kind.ts";

const none = z.strictObject({});
const afterTokens = z.int().nonnegative().default(3);
const retryAfterMs = z.number().nonnegative().optional();
const perMinute = z.number().min(1).max(1e8).optional();

/** The kinds of a broken event stream. The last five are legal: a client must survive them. */
export const MALFORMED_KINDS = [
  "truncatedJson",
  "noBlankLine",
  "wrongEventName",
  "bom",
  "crlfMix",
  "multiLineData",
  "splitUtf8",
  "unknownEvent",
  "hugeLine",
] as const;

/** What an LLM endpoint can do to its clients, beside the faults of the wire. */
export const LLM_FAULTS = {
  error: {
    effect: "an error of the provider's own shape, by name",
    params: z.strictObject({
      name: z.enum([
        "bad_request",
        "context_length",
        "auth",
        "billing",
        "permission",
        "not_found",
        "model_not_found",
        "request_timeout",
        "conflict",
        "too_large",
        "rate_requests",
        "rate_tokens",
        "quota",
        "ramp",
        "server",
        "unavailable",
        "timeout",
        "overloaded",
      ]),
      message: z.string().optional(),
      code: z.string().optional(),
      retryAfterMs,
      shouldRetry: z.boolean().optional(),
    }),
  },
  "overload.http": {
    effect: "529 (Anthropic) or 503 before anything else",
    params: z.strictObject({ retryAfterMs }),
  },
  "overload.inband": {
    effect: "an overload error inside a stream that began with 200",
    params: z.strictObject({ afterTokens: afterTokens.default(0) }),
  },
  "rate.bucket": {
    effect: "other limits for whom it concerns: 429 and headers follow them",
    params: z.strictObject({ rpm: perMinute, tpm: perMinute, itpm: perMinute, otpm: perMinute }),
  },
  "rate.ramp": {
    effect: "429 when requests grow faster than so much a minute",
    params: z.strictObject({ maxGrowthPerMin: z.number().positive().max(100).default(0.5) }),
  },
  "quota.exhausted": { effect: "429 that no retry helps: the money is spent", params: none },
  "auth.revoked": { effect: "401 for a key that was good", params: none },
  "model.missing": { effect: "404: the model is gone", params: none },
  contextLength: {
    effect: "400 for prompts over so many tokens",
    params: z.strictObject({ tokens: z.int().nonnegative().default(0) }),
  },
  tooLarge: {
    effect: "413 for bodies over so many bytes",
    params: z.strictObject({ bytes: z.int().nonnegative().default(0) }),
  },
  html502: { effect: "502 with a proxy's HTML page", params: none },
  "gzip.bad": { effect: "an answer that says gzip and is not", params: none },
  ttft: {
    effect: "the first token comes later",
    params: z.strictObject({
      mean: z.number().min(0).max(60_000),
      sigma: z.number().min(0).max(1.5).default(0),
    }),
  },
  itl: {
    effect: "every token comes later",
    params: z.strictObject({ mean: z.number().min(0).max(5_000) }),
  },
  "engine.slow": {
    effect: "the engine runs so many times slower, as on a GPU that throttles",
    params: z.strictObject({ factor: z.number().min(1).max(100) }),
  },
  "kv.exhaustion": {
    effect: "only this share of the KV cache is left: queues and preemptions",
    params: z.strictObject({ left: z.number().min(0).max(1).default(0.05) }),
  },
  "stream.cut": {
    effect: "the stream ends in the middle: reset, FIN, or a clean end of the body",
    params: z.strictObject({ afterTokens, mode: z.enum(["rst", "fin", "cleanEof"]).default("rst") }),
  },
  "stream.stall": {
    effect: "the stream stops for a time or forever, the connection stays",
    params: z.strictObject({
      afterTokens,
      ms: z.union([z.number().nonnegative(), z.literal("forever")]).default("forever"),
    }),
  },
  "stream.ping": {
    effect: "only pings or comments for so long, then the stream",
    params: z.strictObject({
      everyMs: z.number().min(1).max(60_000).default(1_000),
      times: z.int().min(1).max(10_000).default(3),
    }),
  },
  "sse.malformed": {
    effect: "the stream's framing or JSON is broken, or legal and unusual",
    params: z.strictObject({
      kind: z.enum(MALFORMED_KINDS).default("truncatedJson"),
      afterTokens,
      bytes: z.int().min(1).max(64_000_000).default(1_000_000),
    }),
  },
  "sse.order": {
    effect: "events of the stream are missing or twice",
    params: z.strictObject({
      kind: z.enum(["dropStart", "dupStop", "deltaBeforeStart", "missingMessageDelta"]),
    }),
  },
  reply: { effect: "the model says exactly this", params: z.strictObject({ text: z.string() }) },
  prose: {
    effect: "words around what should be pure JSON",
    params: z.strictObject({
      before: z.string().default("Sure! Here is the JSON you asked for:\n\n"),
      after: z.string().default("\n\nLet me know if you need anything else."),
    }),
  },
  refusal: { effect: "the model refuses", params: none },
  "toolCall.badJson": { effect: "the arguments of a tool call are cut JSON", params: none },
  usage: {
    effect: "token counts are missing, or ten times too high",
    params: z.strictObject({ how: z.enum(["missing", "wrong"]).default("missing") }),
  },
  clockSkew: {
    effect: "the dates in rate-limit headers are off",
    params: z.strictObject({ seconds: z.number().min(-86_400).max(86_400) }),
  },
} as const satisfies FaultKinds;
