import { ALPHANUMERIC, randomText } from "../../core/random.ts";
import type { Bucket } from "../buckets.ts";
import { requestRandom } from "../openai/headers.ts";
import type { Call } from "../service.ts";

/** What Anthropic sends with every answer: dates of full buckets as RFC 3339. */
export function anthropicHeaders(call: Call): Record<string, string> {
  const { buckets, service, exchange } = call;
  const { clock, faults } = service.world;
  const nowMs = clock.nowMs();
  const skew = faults.standing("clockSkew", exchange.subject);
  const dateOffsetMs = clock.wallMs() - nowMs + 1_000 * Number(skew?.params["seconds"] ?? 0);
  const bucket = (name: string, { limit, remaining, fullInMs }: Bucket) => ({
    [`anthropic-ratelimit-${name}-limit`]: String(limit),
    [`anthropic-ratelimit-${name}-remaining`]: String(remaining(nowMs)),
    [`anthropic-ratelimit-${name}-reset`]: rfc3339(dateOffsetMs + nowMs + fullInMs(nowMs)),
  });
  const tighter =
    buckets.input.remaining(nowMs) < buckets.output.remaining(nowMs) ? buckets.input : buckets.output;
  return {
    "request-id": requestId(call),
    "anthropic-organization-id": "00000000-0000-4000-8000-000000000000",
    ...bucket("requests", buckets.requests),
    // The most restrictive of the two below, as the provider's documents have it.
    ...bucket("tokens", tighter),
    ...bucket("input-tokens", buckets.input),
    ...bucket("output-tokens", buckets.output),
  };
}

export function requestId({ service, exchange }: Call): string {
  return `req_01${randomText(requestRandom(service.world.seed, exchange.number), 22, ALPHANUMERIC)}`;
}

function rfc3339(wallMs: number): string {
  return `${new Date(Math.ceil(wallMs / 1_000) * 1_000).toISOString().slice(0, 19)}Z`;
}
