import type { Random } from "../../harness/service/host.ts";
import type { FaultHit, FaultSubject } from "./mock.ts";
import type { WebSocketListener } from "./tcp.ts";

/** One HTTP port of a mock. */
export interface HttpListener {
  readonly kind: "http";
  /** Unique in the mock: `api`. */
  readonly name: string;
  /** The port of the standalone mount unless `--port` says otherwise. */
  readonly port: number;
  /** Whom an in-process mount stands in for: `api.openai.com`. */
  readonly hosts: readonly string[];
  /** Accept requests with bare line feeds, as bitcoind does and Node does not (ckpool sends them). */
  readonly lenient?: boolean;
  /** HTTPS on real sockets, with a certificate that the mock signs itself. In process the mount takes TLS away. */
  readonly tls?: MockTls;
  /** Headers of requests that the journal shows, lower case. Only such as are equal in every mount. */
  readonly journalHeaders: readonly string[];
  /** For `scope`: `{ key, model, route }`. Runs before the faults, so it must not trust the request. */
  labels(request: MockRequest): Readonly<Record<string, string>>;
  /** A handler that throws (but for a Cut) answers 500, and the journal says `mock.failed`. */
  answer(request: MockRequest, exchange: MockExchange): MockResponse | Promise<MockResponse>;
  /** Answers upgrades; absent: the port speaks no WebSocket. */
  readonly webSocket?: WebSocketListener;
}

export interface MockTls {
  readonly commonName: string;
  /** Which one the next connection is shown. */
  certificate(): "valid" | "expired";
}

export interface MockRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** After `?`, verbatim; empty without one. */
  readonly search: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the core gives a handler for one request. */
export interface MockExchange {
  /** Counts the requests of this life from 1. */
  readonly number: number;
  /** Keyed by the request's number. */
  readonly random: Random;
  /** Aborted when the client has gone; pass it to every sleep. */
  readonly signal: AbortSignal;
  readonly subject: FaultSubject;
  /** `faults.take` for this request. */
  fault(kind: string): FaultHit | null;
}

/**
 * A streamed body yields what goes out at once and sleeps on the mock's clock in between. Who does not want its rest
 * calls `return()`, perhaps before it began: a generator's `finally` does not run then.
 */
export type MockBody = string | Uint8Array | AsyncIterable<string | Uint8Array>;

export interface MockResponse {
  readonly status: number;
  /** Names in lower case; `date` and the length are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: MockBody;
}

/** Thrown by a streamed body (or a handler) to end the connection: with a reset, or a FIN before the body's end. */
export class Cut extends Error {
  override readonly name = "Cut";
  readonly mode: "rst" | "fin";
  constructor(mode: "rst" | "fin") {
    super(`the connection ends with ${mode}`);
    this.mode = mode;
  }
}

/** A JSON response. */
export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): MockResponse {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

/** The body as text. */
export function textOf(request: MockRequest): string {
  return Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString("utf8");
}
