import { Cut, textOf } from "../../core/http.ts";
import type { MockExchange, MockRequest, MockResponse } from "../../core/http.ts";
import { CODE, RpcError } from "./error.ts";
import { argumentsOf } from "./method.ts";
import type { RpcContext, RpcMethods } from "./method.ts";
import type { BitcoinNode } from "../node/node.ts";
import type { MockWorld } from "../../core/mock.ts";
import type { Others } from "../node/others.ts";

/** Calls in one batch. */
const MAX_BATCH = 10_000;

/** What libevent calls a body without a type. */
const PLAIN = { "content-type": "text/html; charset=ISO-8859-1" };

export interface RpcServer {
  readonly world: MockWorld;
  readonly node: BitcoinNode;
  readonly others: Others;
  readonly methods: RpcMethods;
  readonly watch: () => () => void;
  /** After the call `stop`: nobody is there. */
  stopped: boolean;
}

/** One HTTP request as Core's `HTTPReq_JSONRPC` answers it. */
export async function answerRpc(
  server: RpcServer,
  request: MockRequest,
  exchange: MockExchange,
): Promise<MockResponse> {
  if (server.stopped) throw new Cut("rst");
  if (exchange.fault("workQueue") !== null)
    return { status: 503, headers: PLAIN, body: "Work queue depth exceeded" };
  const wallet = walletOf(request.path);
  if (request.path !== "/" && wallet === null) {
    server.world.unmodelled(`${request.method} ${request.path}`);
    return { status: 404, headers: PLAIN, body: "" };
  }
  if (request.method !== "POST")
    return { status: 405, headers: PLAIN, body: "JSONRPC server handles only POST requests" };
  if (!isAllowed(server, request, exchange))
    return { status: 401, headers: { ...PLAIN, "www-authenticate": 'Basic realm="jsonrpc"' }, body: "" };
  const late = exchange.fault("rpc.timeout");
  if (late !== null) await server.world.clock.sleep(Number(late.params["sec"]) * 1_000, exchange.signal);
  const { world, node, others, watch } = server;
  return dispatch(server, textOf(request), { world, node, others, watch, exchange, wallet });
}

/** The wallet of `/wallet/NAME`; null for any other path. */
function walletOf(path: string): string | null {
  const name = /^\/wallet\/([^/]*)$/.exec(path)?.[1];
  try {
    return name === undefined ? null : decodeURIComponent(name);
  } catch {
    return null;
  }
}

function isAllowed({ node, world }: RpcServer, { headers }: MockRequest, exchange: MockExchange): boolean {
  const given = /^Basic (.+)$/.exec(headers["authorization"] ?? "")?.[1] ?? "";
  const says = (password: string) =>
    Buffer.from(given, "base64").toString() === `${node.settings.user}:${password}`;
  const rotated = world.faults.standing("auth.rotate", exchange.subject);
  if (rotated === null) return says(node.settings.password);
  // Counted where somebody feels it.
  return says(String(rotated.params["password"])) || exchange.fault("auth.rotate") === null;
}

async function dispatch(server: RpcServer, text: string, context: RpcContext): Promise<MockResponse> {
  const calls = parse(text);
  if (calls === undefined) return legacyError(new RpcError(CODE.PARSE, "Parse error"));
  if (!Array.isArray(calls)) {
    if (typeof calls !== "object" || calls === null)
      return legacyError(new RpcError(CODE.PARSE, "Top-level object parse error"));
    const reply = await callOne(server, calls as Record<string, unknown>, context);
    const silent = reply.notification && !reply.malformed;
    return silent ? { status: 204, headers: {}, body: "" } : json(reply.status, reply.envelope);
  }
  if (calls.length > MAX_BATCH) return legacyError(new RpcError(CODE.INVALID_REQUEST, "batch too large"));
  const envelopes: unknown[] = [];
  let silent = calls.length > 0;
  for (const call of calls as unknown[]) {
    const isObject = typeof call === "object" && call !== null && !Array.isArray(call);
    const reply = isObject
      ? await callOne(server, call as Record<string, unknown>, context)
      : failure(new RpcError(CODE.INVALID_REQUEST, "Invalid Request object"), null, false, true);
    silent &&= reply.notification;
    if (!reply.notification) envelopes.push(reply.envelope);
  }
  return silent ? { status: 204, headers: {}, body: "" } : json(200, envelopes);
}

interface Reply {
  readonly status: number;
  readonly envelope: object;
  /** JSON-RPC 2.0 without an id: no answer. */
  readonly notification: boolean;
  /** Wrong before any method could run: Core answers it with an HTTP error in 2.0 too, unless it is part of a batch. */
  readonly malformed: boolean;
}

async function callOne(
  server: RpcServer,
  call: Record<string, unknown>,
  context: RpcContext,
): Promise<Reply> {
  const { id, jsonrpc, method, params } = call;
  const modern = jsonrpc === "2.0";
  const notification = modern && id === undefined;
  let malformed = true;
  try {
    if (jsonrpc !== undefined && jsonrpc !== null && typeof jsonrpc !== "string")
      throw new RpcError(CODE.INVALID_REQUEST, "jsonrpc field must be a string");
    if (typeof jsonrpc === "string" && jsonrpc !== "1.0" && !modern)
      throw new RpcError(CODE.INVALID_REQUEST, "JSON-RPC version not supported");
    if (method === undefined || method === null) throw new RpcError(CODE.INVALID_REQUEST, "Missing method");
    if (typeof method !== "string") throw new RpcError(CODE.INVALID_REQUEST, "Method must be a string");
    if (params !== undefined && params !== null && typeof params !== "object")
      throw new RpcError(CODE.INVALID_REQUEST, "Params must be an array or object");
    malformed = false;
    const warmup = context.exchange.fault("warmup");
    if (warmup !== null) throw new RpcError(CODE.IN_WARMUP, String(warmup.params["message"]));
    const result = await run(server, method, params ?? [], context);
    return { status: 200, envelope: succeeded(result, id, modern), notification, malformed };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { ...failure(error, id, modern, malformed), notification };
  }
}

async function run(server: RpcServer, name: string, params: unknown, context: RpcContext): Promise<unknown> {
  const method = Object.hasOwn(server.methods, name) ? server.methods[name] : undefined;
  if (method === undefined) {
    server.world.unmodelled(name);
    throw new RpcError(CODE.METHOD_NOT_FOUND, "Method not found");
  }
  const args = argumentsOf(name, method, params);
  server.others.catchUp();
  try {
    const result: unknown = await method.run(args, context);
    server.world.note("rpc", { method: name });
    if (name === "stop") server.stopped = true;
    return result ?? null;
  } catch (error) {
    if (error instanceof RpcError) server.world.note("rpc", { method: name, code: error.code });
    throw error;
  }
}

function succeeded(result: unknown, id: unknown, modern: boolean): object {
  return modern ? { jsonrpc: "2.0", result, id } : { result, error: null, ...given(id) };
}

/** A request without an id gets an answer without one (Core, JSONRPCReplyObj). */
const given = (id: unknown): object => (id === undefined ? {} : { id });

/** JSON-RPC 2.0 says the errors of methods with status 200; the rest have Core's statuses. */
function failure(
  { code, message }: RpcError,
  id: unknown,
  modern: boolean,
  malformed: boolean,
): Omit<Reply, "notification"> & { readonly notification: false } {
  const error = { code, message };
  const http = code === CODE.INVALID_REQUEST ? 400 : code === CODE.METHOD_NOT_FOUND ? 404 : 500;
  const envelope = modern ? { jsonrpc: "2.0", error, ...given(id) } : { result: null, error, ...given(id) };
  return { status: modern && !malformed ? 200 : http, envelope, notification: false, malformed };
}

function legacyError(error: RpcError): MockResponse {
  const { status, envelope } = failure(error, null, false, true);
  return json(status, envelope);
}

/** One line that ends with a line feed: ckpool reads lines and takes the first that begins with a brace. */
function json(status: number, value: unknown): MockResponse {
  return { status, headers: { "content-type": "application/json" }, body: `${JSON.stringify(value)}\n` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** For `scope`: the method of a single call, `batch`, or nothing that can be read. */
export function methodOf(request: MockRequest): string {
  const call = parse(textOf(request));
  if (Array.isArray(call)) return "batch";
  const method = (call as { method?: unknown } | null | undefined)?.method;
  return typeof method === "string" ? method : "";
}
