import { textOf } from "../../core/http.ts";
import type { MockExchange, MockRequest, MockResponse } from "../../core/http.ts";
import type { MockWorld } from "../../core/mock.ts";
import type { RpcServer } from "./server.ts";

const TEXT = { "content-type": "text/plain" };
const JSON_TYPE = /^application\/json\b/i;

/** JSON-RPC by POST, with jsonrpsee's own refusals for anything else. */
export async function answerHttp(
  world: MockWorld,
  server: RpcServer,
  request: MockRequest,
  exchange: MockExchange,
): Promise<MockResponse> {
  if (request.method !== "POST") {
    world.unmodelled(`${request.method} ${request.path}`);
    const body = "Used HTTP Method is not allowed. POST is required\n";
    return { status: 405, headers: TEXT, body };
  }
  if (!JSON_TYPE.test(request.headers["content-type"] ?? "")) {
    const body = "Supplied content type is not allowed. Content-Type: application/json is required\n";
    return { status: 415, headers: TEXT, body };
  }
  const { subject, signal } = exchange;
  const client = { subject, transport: "http", subscriptions: null, signal } as const;
  const reply = await server.answer(textOf(request), client);
  if (reply === null) return { status: 200, headers: {}, body: "" };
  return { status: 200, headers: { "content-type": "application/json; charset=utf-8" }, body: reply };
}
