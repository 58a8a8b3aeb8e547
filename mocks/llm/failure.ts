/** Every way in which an LLM endpoint says no. Each dialect has its own status, type and words for it. */
export type FailureName =
  | "bad_request"
  | "context_length"
  | "auth"
  | "billing"
  | "permission"
  | "not_found"
  | "model_not_found"
  | "request_timeout"
  | "conflict"
  | "too_large"
  | "rate_requests"
  | "rate_tokens"
  | "quota"
  | "ramp"
  | "server"
  | "unavailable"
  | "timeout"
  | "overloaded";

export interface Failure {
  readonly name: FailureName;
  /** Default: the dialect's own words. */
  readonly message?: string;
  /** The request's field that is to blame. */
  readonly param?: string;
  /** The dialect's finer code, where a fault wants one. */
  readonly code?: string;
  /** Shown as `retry-after` (and `retry-after-ms`); absent: no such header. */
  readonly retryAfterMs?: number;
  /** Shown as `x-should-retry`. */
  readonly shouldRetry?: boolean;
}

/** Thrown anywhere on the way to an answer. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message ?? failure.name);
    this.failure = failure;
  }
}

export function refuse(name: FailureName, details: Omit<Failure, "name"> = {}): never {
  throw new ApiError({ name, ...details });
}
