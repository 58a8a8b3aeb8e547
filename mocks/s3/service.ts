import type { MockExchange, MockRequest } from "../core/http.ts";
import type { MockWorld } from "../core/mock.ts";
import type { Identity } from "./auth/authorize.ts";
import type { Operation } from "./operation.ts";
import { createRequestLimits } from "./request-limits.ts";
import type { RequestLimits } from "./request-limits.ts";
import { parseS3Settings } from "./settings.ts";
import type { S3Settings } from "./settings.ts";
import { createStore } from "./store/store.ts";
import type { Store } from "./store/store.ts";
import type { Target } from "./target.ts";

/** One life of the store. */
export interface S3Service {
  readonly world: MockWorld;
  readonly settings: S3Settings;
  readonly store: Store;
  readonly limits: RequestLimits;
  /** Answers by operation and status. */
  readonly answered: Map<string, number>;
}

export function createS3Service(world: MockWorld): S3Service {
  const settings = parseS3Settings(world.settings);
  return {
    world,
    settings,
    store: createStore(world, settings),
    limits: createRequestLimits(world),
    answered: new Map(),
  };
}

/** One request to it. */
export interface Call {
  readonly service: S3Service;
  readonly request: MockRequest;
  readonly exchange: MockExchange;
  readonly query: URLSearchParams;
  readonly target: Target;
  readonly operation: Operation;
  /** How far the server's clock is off for this request. */
  readonly skewMs: number;
}

/** A call by somebody who may. */
export interface AllowedCall extends Call {
  readonly identity: Identity;
}

/** The fault that hits this call, if its parameters suit the occasion: it is counted only then. */
export function faultFor({ service, exchange }: Call, kind: string, name: string, value: string): boolean {
  if (service.world.faults.standing(kind, exchange.subject)?.params[name] !== value) return false;
  return exchange.fault(kind) !== null;
}
