import { request as open, createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { ConnectionCut, RequestError } from "./http.ts";
import type { HttpHandler, HttpRequest, HttpResponse, RequestFailure } from "./http.ts";

/** Nothing in a stack sends more in one message; beyond it a server answers 413 and a client gives up. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Serves `handler` on `port` of every address. A handler that throws answers 500, and `report` is told why. */
export async function serveHttp(
  port: number,
  handler: HttpHandler,
  report: (error: unknown) => void,
): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const finish = (response: HttpResponse) => {
      outgoing.writeHead(response.status, response.headers);
      outgoing.end(response.body);
    };
    answer(incoming, handler).then(finish, (error: unknown) => {
      if (error instanceof ConnectionCut) return void incoming.socket.resetAndDestroy();
      report(error);
      if (outgoing.headersSent) outgoing.destroy();
      else finish({ status: 500, headers: {}, body: "internal error\n" });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
  return server;
}

async function answer(incoming: IncomingMessage, handler: HttpHandler): Promise<HttpResponse> {
  const body = await readAll(incoming);
  if (body === null) return { status: 413, headers: {}, body: "too large\n" };
  return handler({
    method: incoming.method ?? "GET",
    path: incoming.url ?? "/",
    headers: plainHeaders(incoming),
    body,
    from: incoming.socket.remoteAddress ?? "",
  });
}

/**
 * One exchange on its own connection: a kept connection would hide what happened to the server since.
 * @throws RequestError when no response came within `timeoutMs`, name look-up and body included.
 */
export function sendHttp(request: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { method, url, headers, body, timeoutMs } = request;
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const outgoing = open(url, { method, headers: { ...headers, ...length }, agent: false });
    let connected = false;
    const timer = setTimeout(() => fail("timeout", `no answer within ${timeoutMs} ms`), timeoutMs);

    const fail = (failure: RequestFailure, why: string) => {
      clearTimeout(timer);
      reject(new RequestError(failure, `${method} ${url}: ${why}`));
      outgoing.destroy();
    };
    const failBy = (error: NodeJS.ErrnoException) =>
      fail(failureOf(error.code ?? "", connected), error.message || (error.code ?? "broken"));

    outgoing.once("socket", (socket) => socket.once("connect", () => (connected = true)));
    // Not once: a destroyed request may complain a second time, and nobody needs to hear it.
    outgoing.on("error", failBy);
    outgoing.once("response", (incoming) => {
      readAll(incoming).then((text) => {
        if (text === null) return fail("reset", `an answer over ${MAX_BODY_BYTES} bytes`);
        clearTimeout(timer);
        resolve({ status: incoming.statusCode ?? 0, headers: plainHeaders(incoming), body: text });
      }, failBy);
    });
    outgoing.end(body);
  });
}

/** Before the connection stands, nothing was sent; afterwards every breakage leaves the outcome open. */
function failureOf(code: string, connected: boolean): RequestFailure {
  if (connected) return code === "ETIMEDOUT" ? "timeout" : "reset";
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "EAI_FAIL") return "unresolved";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return "unreachable";
  if (code === "ETIMEDOUT") return "timeout";
  return "reset";
}

/** The whole body as text; null when it is over the limit. */
async function readAll(stream: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function plainHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
