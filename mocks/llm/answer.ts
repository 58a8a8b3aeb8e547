import { gzipSync } from "node:zlib";
import type { MockExchange, MockRequest, MockResponse } from "../core/http.ts";
import { anthropicError } from "./anthropic/errors.ts";
import { readBody } from "./body.ts";
import { ApiError, refuse } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { ollamaError } from "./ollama/errors.ts";
import { openAiError } from "./openai/errors.ts";
import type { Dialect } from "./prompt.ts";
import { dialectOf, routeOf } from "./routes.ts";
import type { Route } from "./routes.ts";
import { keyOf } from "./service.ts";
import type { Call, LlmService } from "./service.ts";

/** One request: the faults before the endpoint, the endpoint, and every refusal in the words of the dialect. */
export async function answerLlm(
  service: LlmService,
  request: MockRequest,
  exchange: MockExchange,
): Promise<MockResponse> {
  const key = keyOf(request);
  const call: Call = {
    service,
    request,
    exchange,
    key,
    buckets: service.limits.of(key, exchange.subject),
    startedMs: service.world.clock.nowMs(),
  };
  const route = routeOf(request);
  const dialect = route?.dialect ?? dialectOf(request);
  try {
    if (route === null) return unknown(call);
    if (route.works) {
      const page = beforeAnswer(call);
      if (page !== null) return page;
    }
    if (route.keyed) checkKey(call);
    const body = request.method === "POST" ? readBody(request) : {};
    if (route.works) service.limits.watchRamp(key, exchange.subject);
    return spoilEncoding(call, route, await route.run(call, body));
  } catch (error) {
    if (error instanceof ApiError) return errorIn(dialect, call, error.failure);
    throw error;
  }
}

function errorIn(dialect: Dialect, call: Call, failure: Failure): MockResponse {
  if (dialect === "anthropic") return anthropicError(call, failure);
  return dialect === "ollama" ? ollamaError(failure) : openAiError(call, failure);
}

function unknown({ service, request }: Call): never {
  service.world.unmodelled(`${request.method} ${request.path}`);
  return refuse("not_found", { message: `Invalid URL (${request.method} ${request.path})` });
}

/** What meets a request before anybody looks at it. @throws ApiError */
function beforeAnswer({ exchange, request }: Call): MockResponse | null {
  if (exchange.fault("html502") !== null)
    return {
      status: 502,
      headers: { "content-type": "text/html" },
      body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n",
    };
  const error = exchange.fault("error");
  if (error !== null) throw new ApiError(error.params as unknown as Failure);
  const overload = exchange.fault("overload.http");
  if (overload !== null) throw new ApiError({ ...overload.params, name: "overloaded" });
  if (exchange.fault("quota.exhausted") !== null) refuse("quota");
  const large = exchange.fault("tooLarge");
  if (large !== null && request.body.length > Number(large.params["bytes"])) refuse("too_large");
  return null;
}

function checkKey({ service, exchange, key }: Call): void {
  const { keys } = service.settings;
  const good = key !== "" && (keys.length === 0 || keys.includes(key));
  if (!good || exchange.fault("auth.revoked") !== null) refuse("auth");
}

function spoilEncoding({ exchange }: Call, { works }: Route, response: MockResponse): MockResponse {
  if (!works || typeof response.body !== "string" || exchange.fault("gzip.bad") === null) return response;
  const zipped = gzipSync(response.body);
  const { "content-length": _, ...headers } = response.headers;
  // The end with its check sum is cut off.
  return {
    ...response,
    headers: { ...headers, "content-encoding": "gzip" },
    body: zipped.subarray(0, zipped.length - 12),
  };
}
