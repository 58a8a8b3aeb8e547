import { readCount, readMs, readRequired, readSwitch, type Env } from "../../parts/settings.ts";
import type { BreakerLimits } from "./breaker.ts";
import { DIALECTS } from "./dialects.ts";
import type { Provider } from "./provider.ts";

/** What the gateway goes by. Every number is ours; the reasons stand beside the defaults. */
export interface GatewaySettings {
  readonly primary: Provider;
  readonly fallback: Provider;
  /** A client hears something within this time, whatever the providers do. */
  readonly deadlineMs: number;
  /** One request to a provider. */
  readonly attemptMs: number;
  readonly breaker: BreakerLimits;
  readonly retries: { readonly perRequest: number; readonly burst: number };
  /** Requests that go to the dearer fallback before a person must have said so. */
  readonly fallbackAllowance: number;
  readonly cacheMaxAgeMs: number;
  /** What /status and /healthz look back on. */
  readonly windowMs: number;
  /** /healthz answers 503 above this share of refused requests. */
  readonly maxErrorRate: number;
}

/** @throws USAGE_STACK */
export function readGatewaySettings(env: Env): GatewaySettings {
  return {
    primary: {
      name: "primary",
      url: readRequired(env, "PRIMARY_URL", "http://llm-primary:8400"),
      key: env["PRIMARY_KEY"] ?? "sk-primary",
      model: env["PRIMARY_MODEL"] ?? "gpt-4o",
      dialect: DIALECTS.openai,
    },
    fallback: {
      name: "fallback",
      url: readRequired(env, "FALLBACK_URL", "http://llm-fallback:8400"),
      key: env["FALLBACK_KEY"] ?? "sk-ant-fallback",
      model: env["FALLBACK_MODEL"] ?? "claude-sonnet-4-5",
      dialect: DIALECTS.anthropic,
    },
    deadlineMs: readMs(env, "DEADLINE_MS", 4_000),
    // Twice fits into the deadline, with a second left for the fallback.
    attemptMs: readMs(env, "ATTEMPT_TIMEOUT_MS", 1_500),
    breaker: {
      enabled: readSwitch(env, "BREAKER", true),
      outcomes: 10,
      failures: 5,
      openMs: readMs(env, "BREAKER_OPEN_MS", 5_000),
      trials: 2,
    },
    // One retry for ten requests, as Google's SRE book has it (chapter 21, Handling Overload).
    retries: { perRequest: 0.1, burst: 5 },
    fallbackAllowance: readCount(env, "FALLBACK_ALLOWANCE", 100),
    cacheMaxAgeMs: readMs(env, "CACHE_MAX_AGE_MS", 30_000),
    windowMs: 5_000,
    maxErrorRate: 0.05,
  };
}
