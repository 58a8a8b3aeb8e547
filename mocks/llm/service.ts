import type { MockExchange, MockRequest } from "../core/http.ts";
import type { MockWorld } from "../core/mock.ts";
import { createEngine } from "./engine/engine.ts";
import type { Engine } from "./engine/engine.ts";
import { createLedger } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import { createRateLimits } from "./limits.ts";
import type { KeyBuckets, RateLimits } from "./limits.ts";
import { fixedReply } from "./reply.ts";
import type { FixedReply } from "./reply.ts";
import { parseLlmSettings } from "./settings.ts";
import type { LlmSettings } from "./settings.ts";

/** One life of the endpoint. */
export interface LlmService {
  readonly world: MockWorld;
  readonly settings: LlmSettings;
  readonly engine: Engine;
  readonly limits: RateLimits;
  readonly ledger: Ledger;
  /** The setting `reply`. */
  readonly fixed: FixedReply | null;
}

export function createLlmService(world: MockWorld): LlmService {
  const settings = parseLlmSettings(world.settings);
  return {
    world,
    settings,
    engine: createEngine(world, settings),
    limits: createRateLimits(world, settings.limits),
    ledger: createLedger(settings.price),
    fixed: fixedReply(settings.reply),
  };
}

/** One call to it. */
export interface Call {
  readonly service: LlmService;
  readonly request: MockRequest;
  readonly exchange: MockExchange;
  /** Who asks: the API key, or nothing. */
  readonly key: string;
  readonly buckets: KeyBuckets;
  /** When the request came, by the mock's clock. */
  readonly startedMs: number;
}

/** The bearer token or `x-api-key`; empty: none. */
export function keyOf({ headers }: MockRequest): string {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers["authorization"] ?? "")?.[1];
  return headers["x-api-key"] ?? headers["api-key"] ?? bearer ?? "";
}
