import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import type { Failure, FailureName } from "../failure.ts";
import { retryHeaders } from "../openai/errors.ts";
import type { Call } from "../service.ts";
import { anthropicHeaders, requestId } from "./headers.ts";

/** Status, type and words of Anthropic's errors (docs.claude.com, api/errors). */
const ERRORS: Readonly<Record<FailureName, readonly [number, string, string]>> = {
  bad_request: [400, "invalid_request_error", "Invalid request"],
  context_length: [400, "invalid_request_error", "prompt is too long"],
  auth: [401, "authentication_error", "invalid x-api-key"],
  billing: [402, "billing_error", "Your credit balance is too low to access the Anthropic API"],
  permission: [
    403,
    "permission_error",
    "Your API key does not have permission to use the specified resource",
  ],
  not_found: [404, "not_found_error", "Not Found"],
  model_not_found: [404, "not_found_error", "model not found"],
  request_timeout: [408, "timeout_error", "Request timed out"],
  conflict: [409, "conflict_error", "Conflict"],
  too_large: [413, "request_too_large", "Request exceeds the maximum size"],
  rate_requests: [
    429,
    "rate_limit_error",
    "This request would exceed your rate limit of requests per minute",
  ],
  rate_tokens: [429, "rate_limit_error", "This request would exceed your rate limit of tokens per minute"],
  quota: [429, "rate_limit_error", "You have reached your specified API usage limits"],
  ramp: [429, "rate_limit_error", "Your traffic grows too fast"],
  server: [500, "api_error", "Internal server error"],
  unavailable: [503, "api_error", "Service unavailable"],
  timeout: [504, "timeout_error", "Gateway timeout"],
  overloaded: [529, "overloaded_error", "Overloaded"],
};

/** The finer code of the newer API version, by failure. */
const CODES: Partial<Readonly<Record<FailureName, string>>> = {
  quota: "enforced_spend_limit_reached",
  ramp: "ramp_limit_exceeded",
};

export function anthropicErrorBody(call: Call, failure: Failure) {
  const [, type, words] = ERRORS[failure.name];
  const code = failure.code ?? CODES[failure.name];
  const detailed = call.request.headers["anthropic-version"] !== "2023-06-01" && code !== undefined;
  const error = {
    ...(detailed ? { details: { error_code: code } } : {}),
    type,
    message: failure.message ?? words,
  };
  return { type: "error", error, request_id: requestId(call) };
}

export function anthropicError(call: Call, failure: Failure): MockResponse {
  return jsonResponse(ERRORS[failure.name][0], anthropicErrorBody(call, failure), {
    ...anthropicHeaders(call),
    ...retryHeaders(failure, false),
  });
}
