import { jsonResponse } from "../../core/http.ts";
import type { MockExchange, MockRequest, MockResponse } from "../../core/http.ts";
import { checkHotkey } from "../auth/hotkey.ts";
import { bodyHash, signedOf } from "../auth/signed.ts";
import { answering, refuse } from "../failure.ts";
import { refusalOf } from "../socket/engine-io.ts";
import type { Validator } from "../validator.ts";
import { ROUTES } from "./routes.ts";
import type { Route } from "./routes.ts";

/** One HTTP request to the validator. */
export function answerApi(
  validator: Validator,
  request: MockRequest,
  exchange: MockExchange,
): Promise<MockResponse> {
  return answering(() => {
    if (request.path === "/socket.io/") return refusePolling(request);
    if (request.method === "GET" && request.path === "/ping") return jsonResponse(200, { message: "pong" });
    const { route, params } = routeOf(validator, request);
    const hotkey = signerOf(validator, request, exchange, route);
    return route.run({ validator, request, exchange, hotkey, params });
  });
}

/** @throws Refusal 404, or 405 for a path that has other methods */
function routeOf({ world }: Validator, { method, path }: MockRequest) {
  const fitting = ROUTES.filter(({ pattern }) => pattern.test(path));
  const route = fitting.find((it) => it.method === method);
  if (route !== undefined) return { route, params: paramsOf(route, path) };
  world.unmodelled(`${method} ${path}`);
  if (fitting.length === 0) return refuse(404, "Not Found");
  return refuse(405, "Method Not Allowed", {
    allow: [...new Set(fitting.map((it) => it.method))].join(", "),
  });
}

function paramsOf({ pattern }: Route, path: string): Record<string, string> {
  const groups = Object.entries(pattern.exec(path)?.groups ?? {});
  return Object.fromEntries(groups.map(([name, value]) => [name, decoded(value)]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function signerOf(
  validator: Validator,
  request: MockRequest,
  exchange: MockExchange,
  { signing }: Route,
): string {
  if (signing === "none") return "";
  const skew = exchange.fault("validator.401skew");
  const what = signing === "body" ? (bodyHash(request) ?? "") : signing.purpose;
  return checkHotkey(validator, signedOf(request.headers), what, Number(skew?.params["seconds"] ?? 0));
}

/** Engine.IO's own 400, as python-engineio writes it: this channel is for WebSockets. */
function refusePolling({ search }: MockRequest): MockResponse {
  return {
    status: 400,
    headers: { "content-type": "text/plain" },
    body: JSON.stringify(refusalOf(search) ?? "Bad request"),
  };
}
