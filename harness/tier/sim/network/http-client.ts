import { RequestError } from "../../../service/http.ts";
import type { HttpRequest, HttpResponse, IncomingRequest, RequestFailure } from "../../../service/http.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Trace } from "../kernel/trace.ts";
import { connect } from "./connection.ts";
import type { Connection, Network, Party } from "./connection.ts";
import { lookUp } from "./names.ts";

export type HttpOutcome =
  | { readonly kind: "response"; readonly response: HttpResponse }
  | { readonly kind: "failure"; readonly failure: RequestFailure; readonly why: string };

export interface HttpWorld extends Network {
  readonly kernel: Kernel;
  readonly trace: Trace;
}

export interface HttpCall extends HttpRequest {
  /** For the connection alone, where the caller limits it. */
  readonly connectTimeoutMs?: number;
}

/**
 * One HTTP exchange on a connection of its own, as service/node-http.ts makes it. `done` runs in the caller's process,
 * once, unless that dies first.
 */
export function exchange(
  world: HttpWorld,
  caller: Party,
  call: HttpCall,
  done: (outcome: HttpOutcome) => void,
): void {
  const { kernel, trace } = world;
  const url = new URL(call.url);
  const target = url.hostname === "localhost" || url.hostname === "127.0.0.1" ? caller.name : url.hostname;
  let open = true;
  const cancels: (() => void)[] = [];
  const finish = (outcome: HttpOutcome) => {
    if (!open) return;
    open = false;
    for (const cancel of cancels) cancel();
    const result = outcome.kind === "response" ? outcome.response.status : outcome.failure;
    trace.note(
      "http",
      caller.name,
      call.method,
      call.url,
      result,
      outcome.kind === "response" ? outcome.response.body : "",
    );
    caller.deliver(() => done(outcome));
  };
  const fail = (failure: RequestFailure, why: string) => finish({ kind: "failure", failure, why });
  const limit = (ms: number, what: string) =>
    kernel.after(ms, () => fail("timeout", `no ${what} within ${ms} ms`));

  trace.note("http", caller.name, call.method, call.url, call.body ?? "");
  cancels.push(limit(call.timeoutMs, "answer"));
  const cancelConnectLimit =
    call.connectTimeoutMs === undefined ? null : limit(call.connectTimeoutMs, "connection");
  if (cancelConnectLimit) cancels.push(cancelConnectLimit);
  const isAbandoned = () => !open || !caller.alive;

  const connected = (result: Connection | "refused") => {
    if (result === "refused") return fail("refused", `connection refused by ${target}:${portOf(url)}`);
    cancelConnectLimit?.();
    const { listener } = result;
    if (listener.protocol !== "http") return fail("reset", `${target}:${portOf(url)} does not speak HTTP`);
    const request = incoming(call, url, caller.name);
    result.ask<HttpResponse>(
      (answer, reset) => listener.serve(request, answer, reset),
      (heard) => {
        if (heard.kind === "reply") finish({ kind: "response", response: heard.reply });
        else fail("reset", `connection reset by ${target}`);
      },
    );
  };
  lookUp(world, caller.name, target, (found) => {
    if (!found) return fail("unresolved", `no address for ${target}`);
    connect(world, caller.name, target, portOf(url), connected, isAbandoned);
  });
}

/** @throws RequestError when no response came. */
export function responseOrThrow(call: HttpRequest, outcome: HttpOutcome): HttpResponse {
  if (outcome.kind === "response") return outcome.response;
  throw new RequestError(outcome.failure, `${call.method} ${call.url}: ${outcome.why}`);
}

function portOf(url: URL): number {
  return url.port === "" ? 80 : Number(url.port);
}

function incoming(call: HttpCall, url: URL, from: string): IncomingRequest {
  const body = call.body ?? "";
  const headers: Record<string, string> = { host: url.host, connection: "close" };
  for (const [name, value] of Object.entries(call.headers ?? {})) headers[name.toLowerCase()] = value;
  if (call.body !== undefined) headers["content-length"] = String(Buffer.byteLength(body));
  return { method: call.method, path: `${url.pathname}${url.search}`, headers, body, from };
}
