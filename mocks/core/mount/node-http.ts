import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { answer } from "../answer.ts";
import { Cut } from "../http.ts";
import type { HttpListener, MockRequest, MockResponse } from "../http.ts";
import type { RunningMock } from "../life.ts";
import { touchesBytes } from "../wire/plan.ts";
import { tap } from "../wire/tap.ts";
import type { Tap } from "../wire/tap.ts";

/** A mock's own limits, if it has any, are below this. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;
/** As long as the proxies in front of the real endpoints keep a connection (nginx's and Cloudflare's defaults are near). */
const KEEP_ALIVE_MS = 75_000;

/**
 * An HTTP server for one listener, not yet listening: the standalone and the socket mount hand it connections.
 */
export function createMockServer(mock: RunningMock, listener: HttpListener): Server {
  return createServer(
    { insecureHTTPParser: listener.lenient === true, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 },
    (incoming, outgoing) => {
      exchange(mock, incoming, outgoing, listener).catch(() => incoming.socket.destroy());
    },
  );
}

async function exchange(
  mock: RunningMock,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { name }: HttpListener,
): Promise<void> {
  // The mock dates its answers by its own clock.
  outgoing.sendDate = false;
  const gone = new AbortController();
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  const request = await readRequest(incoming);
  if (request === null) return void outgoing.writeHead(413, { connection: "close" }).end();
  // The listener of the present life.
  const listener = mock.built.listeners.find((it) => it.name === name && it.kind === "http") as HttpListener;
  const outcome = await answer(mock, listener, request, gone.signal);
  const socket = incoming.socket;
  if (outcome.kind === "silence") return;
  if (outcome.kind === "reset") return reset(socket);
  const { response, wire } = outcome;
  const tapped = touchesBytes(wire) ? tap(socket, wire, mock.clock, gone.signal, () => reset(socket)) : null;
  try {
    await send(response, outgoing, gone.signal, tapped);
  } catch (error) {
    if (!(error instanceof Cut)) throw error;
    await flushed(outgoing);
    if (error.mode === "rst") reset(socket);
    else socket.end();
  } finally {
    if (tapped !== null) outgoing.once("close", tapped.remove);
  }
}

async function send(
  { status, headers, body }: MockResponse,
  outgoing: ServerResponse,
  signal: AbortSignal,
  tapped: Tap | null,
): Promise<void> {
  outgoing.writeHead(status, headers);
  if (typeof body === "string" || body instanceof Uint8Array) {
    // Only where nothing more happens by the clock.
    if (tapped === null) await turnEnd();
    return void outgoing.end(body);
  }
  outgoing.flushHeaders();
  if (tapped !== null) await flushed(outgoing);
  // A tapped body is asked for its next chunk when the last is through: a cut comes at the same chunk in every mount.
  for (const chunks = body[Symbol.asyncIterator](); ;) {
    if (signal.aborted || tapped?.isOver()) return void (await chunks.return?.());
    const next = await chunks.next();
    if (next.done === true) break;
    if (tapped !== null) await new Promise((resolve) => outgoing.write(next.value, resolve));
    else if (!outgoing.write(next.value)) await drained(outgoing, signal);
  }
  outgoing.end();
}

/**
 * When all requests that came together are read: their answers go out one after the other then. An answer written as
 * soon as it is ready wakes its client by itself, which costs as much as making it.
 */
function turnEnd(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function drained(outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      outgoing.off("drain", go);
      signal.removeEventListener("abort", go);
      resolve();
    };
    outgoing.once("drain", go);
    signal.addEventListener("abort", go, { once: true });
  });
}

/** Everything written so far is with the kernel: what a cut must not take back. */
function flushed(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (outgoing.destroyed || outgoing.socket === null) return resolve();
    outgoing.once("close", resolve);
    outgoing.socket.write("", () => resolve());
  });
}

/** A mirrored socket of an interceptor has no handle to reset: there the error says the same. */
export function reset(socket: Socket): void {
  try {
    socket.resetAndDestroy();
  } catch {
    socket.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" }));
  }
}

/** Null: larger than anything a mock takes. */
export async function readRequest(incoming: IncomingMessage): Promise<MockRequest | null> {
  const body = await readAll(incoming);
  if (body === null) return null;
  const [path = "/", search] = splitOnce(incoming.url ?? "/", "?");
  return {
    method: incoming.method ?? "GET",
    path,
    search: search === undefined ? "" : `?${search}`,
    headers: headersOf(incoming),
    body,
  };
}

/** Of a request's headers, `set-cookie` alone, which no client sends, would be a list. */
function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const list = headers["set-cookie"];
  const single = list === undefined ? headers : { ...headers, "set-cookie": list.join(", ") };
  return single as Record<string, string>;
}

/** By events: the stream's own iterator costs more than the whole rest of a small request. */
function readAll(incoming: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) resolve(null);
      else chunks.push(chunk);
    });
    incoming.once("end", () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    incoming.once("error", reject);
  });
}

function splitOnce(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
