import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import type { Failure, FailureName } from "../failure.ts";
import type { Call } from "../service.ts";
import { openAiHeaders } from "./headers.ts";

/** Status, type, code and words of OpenAI's errors (platform.openai.com, guides/error-codes). */
const ERRORS: Readonly<Record<FailureName, readonly [number, string, string | null, string]>> = {
  bad_request: [400, "invalid_request_error", null, "Invalid request."],
  context_length: [
    400,
    "invalid_request_error",
    "context_length_exceeded",
    "Maximum context length exceeded.",
  ],
  auth: [401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."],
  billing: [429, "insufficient_quota", "credit_balance_exhausted", "You have no credits left."],
  permission: [403, "invalid_request_error", "unsupported_country_region_territory", "Not available to you."],
  not_found: [404, "invalid_request_error", null, "Invalid URL."],
  model_not_found: [404, "invalid_request_error", "model_not_found", "The model does not exist."],
  request_timeout: [408, "server_error", null, "The request timed out."],
  conflict: [409, "invalid_request_error", null, "The resource was changed meanwhile."],
  too_large: [413, "invalid_request_error", null, "The request is too large."],
  rate_requests: [429, "requests", "rate_limit_exceeded", "Rate limit reached on requests per min (RPM)."],
  rate_tokens: [429, "tokens", "rate_limit_exceeded", "Rate limit reached on tokens per min (TPM)."],
  quota: [429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."],
  ramp: [429, "rate_limit_error", "slow_down", "Your traffic grows too fast. Please slow down."],
  server: [500, "server_error", null, "The server had an error while processing your request."],
  unavailable: [503, "service_unavailable_error", "server_is_overloaded", "The server is overloaded."],
  timeout: [504, "server_error", null, "The upstream did not answer in time."],
  overloaded: [503, "service_unavailable_error", "server_is_overloaded", "The server is overloaded."],
};

/** The error object alone: what a stream carries too. */
export function openAiErrorBody(failure: Failure) {
  const [, type, code, words] = ERRORS[failure.name];
  const { message = words, param = null } = failure;
  return { error: { message, type, param, code: failure.code ?? code } };
}

export function openAiError(call: Call, failure: Failure): MockResponse {
  return jsonResponse(ERRORS[failure.name][0], openAiErrorBody(failure), {
    ...openAiHeaders(call),
    ...retryHeaders(failure, true),
  });
}

/** `retry-after` in whole seconds; OpenAI sends milliseconds beside it. */
export function retryHeaders(
  { retryAfterMs, shouldRetry }: Failure,
  milliseconds: boolean,
): Record<string, string> {
  return {
    ...(retryAfterMs === undefined
      ? {}
      : {
          "retry-after": String(Math.ceil(retryAfterMs / 1_000)),
          ...(milliseconds ? { "retry-after-ms": String(Math.ceil(retryAfterMs)) } : {}),
        }),
    ...(shouldRetry === undefined ? {} : { "x-should-retry": String(shouldRetry) }),
  };
}
