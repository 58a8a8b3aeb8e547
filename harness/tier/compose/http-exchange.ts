import { request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import { FiredrillError } from "../../error.ts";
import { RequestError, type HttpRequest, type HttpResponse } from "../../service/http.ts";

/** An answer longer than this is cut off as broken: probes and read-backs are small. */
const MAX_BODY_BYTES = 64 * 2 ** 20;

/** Opens a connection to what the URL names; gives up when `signal` is aborted. */
export type Connect = (service: string, port: number, signal: AbortSignal) => Promise<Socket>;

/**
 * One HTTP exchange on a connection of its own. `timeoutMs` covers all of it.
 * @throws RequestError: `timeout` for silence, `reset` when the connection broke or the answer was no HTTP,
 * otherwise what `connect` found.
 */
export async function exchange(request: HttpRequest, connect: Connect): Promise<HttpResponse> {
  const url = new URL(request.url);
  if (url.protocol !== "http:")
    throw new RequestError("unresolved", `${request.url}: only http:// is spoken here`);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), request.timeoutMs);
  let socket: Socket | undefined;
  try {
    socket = await connect(url.hostname, Number(url.port || 80), deadline.signal);
    return await send(request, url, socket, deadline.signal);
  } catch (error) {
    if (deadline.signal.aborted) {
      throw new RequestError(
        "timeout",
        `${request.method} ${request.url}: no answer within ${request.timeoutMs} ms`,
      );
    }
    // A FiredrillError is not about the service: the way to it is broken.
    if (error instanceof RequestError || error instanceof FiredrillError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const failure = code === "ECONNREFUSED" ? "refused" : "reset";
    throw new RequestError(failure, `${request.method} ${request.url}: ${(error as Error).message}`);
  } finally {
    clearTimeout(timer);
    socket?.destroy();
  }
}

function send(request: HttpRequest, url: URL, socket: Socket, signal: AbortSignal): Promise<HttpResponse> {
  const body = request.body ?? "";
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      createConnection: () => socket,
      method: request.method,
      path: url.pathname + url.search,
      headers: {
        host: url.host,
        connection: "close",
        ...(body === "" ? {} : { "content-length": Buffer.byteLength(body) }),
        ...request.headers,
      },
      signal,
    });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.once("error", reject);
      incoming.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_BODY_BYTES) incoming.destroy(new Error("the answer is too long"));
        else chunks.push(chunk);
      });
      incoming.once("end", () => {
        const headers = Object.fromEntries(
          Object.entries(incoming.headers).map(([name, value]) => [
            name,
            Array.isArray(value) ? value.join(", ") : (value ?? ""),
          ]),
        );
        resolve({ status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.end(body);
  });
}
