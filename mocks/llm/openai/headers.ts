import { keyedRandom } from "../../../harness/service/random.ts";
import { HEX, randomText } from "../../core/random.ts";
import type { Call } from "../service.ts";

/** What OpenAI sends with every answer. The limits are those of the moment when the request was let in. */
export function openAiHeaders(call: Call, limits = limitHeaders(call)): Record<string, string> {
  const { service, exchange, startedMs } = call;
  return {
    "x-request-id": `req_${randomText(requestRandom(service.world.seed, exchange.number), 32, HEX)}`,
    "openai-organization": "firedrill-mock",
    "openai-processing-ms": String(Math.round(service.world.clock.nowMs() - startedMs)),
    "openai-version": "2020-10-01",
    ...limits,
  };
}

export function limitHeaders({ service, buckets }: Call): Record<string, string> {
  const nowMs = service.world.clock.nowMs();
  return {
    "x-ratelimit-limit-requests": String(buckets.requests.limit),
    "x-ratelimit-remaining-requests": String(buckets.requests.remaining(nowMs)),
    "x-ratelimit-reset-requests": goDuration(buckets.requests.fullInMs(nowMs)),
    "x-ratelimit-limit-tokens": String(buckets.tokens.limit),
    "x-ratelimit-remaining-tokens": String(buckets.tokens.remaining(nowMs)),
    "x-ratelimit-reset-tokens": goDuration(buckets.tokens.fullInMs(nowMs)),
  };
}

/** The stream for the id of a request, apart from that of its content. */
export function requestRandom(seed: number, number: number) {
  return keyedRandom(seed, `llm/request-id/${number}`);
}

/** A duration as Go writes it: `120ms`, `1s`, `6m0s`, `1.5s`. */
export function goDuration(ms: number): string {
  const whole = Math.ceil(ms);
  if (whole === 0) return "0s";
  if (whole < 1_000) return `${whole}ms`;
  const minutes = Math.floor(whole / 60_000);
  const seconds = (whole % 60_000) / 1_000;
  if (minutes === 0) return `${seconds}s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}s` : `${hours}h${minutes % 60}m${seconds}s`;
}
