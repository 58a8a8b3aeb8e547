/** HTTP as data: what services, probes and workloads exchange on every tier. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Absolute, by service name: `http://load-balancer:8080/tasks`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, name look-up and body included. */
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a server sees of a request. */
export interface IncomingRequest {
  readonly method: string;
  /** Path with query: `/tasks?state=done`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The caller's address, as the socket sees it. */
  readonly from: string;
}

export type HttpHandler = (request: IncomingRequest) => Promise<HttpResponse>;

/** Thrown by a handler instead of an answer: the connection is reset. For mocks of services that break. */
export class ConnectionCut extends Error {
  override readonly name = "ConnectionCut";
}

/** Why no response came. `refused`, `reset` and `unresolved` are answers; `timeout` is silence. */
export type RequestFailure = "refused" | "reset" | "timeout" | "unresolved" | "unreachable";

export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly failure: RequestFailure;
  constructor(failure: RequestFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** A JSON response. */
export function json(status: number, value: unknown): HttpResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** A plain-text response. */
export function text(status: number, body: string): HttpResponse {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}
