import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { HttpHandler, HttpRequest } from "./http.ts";
import { sendHttp, serveHttp } from "./node-http.ts";

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
const get = (url: string, more: Partial<HttpRequest> = {}) =>
  sendHttp({ method: "GET", url, timeoutMs: 10_000, ...more });
const failure = (url: string, timeoutMs = 10_000) =>
  get(url, { timeoutMs }).then(
    (response) => `answered ${response.status}`,
    (error) => error.failure ?? error,
  );

async function serving(handler: HttpHandler, reports: unknown[] = []): Promise<string> {
  const server = await serveHttp(0, handler, (error) => reports.push(error));
  open.push(server);
  return `http://127.0.0.1:${portOf(server)}`;
}

async function rawServer(onConnection: (socket: Socket) => void): Promise<{ url: string; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push({ close: () => (sockets.forEach((socket) => socket.destroy()), server.close()) });
  return { url: `http://127.0.0.1:${portOf(server)}`, server };
}

describe("an exchange", () => {
  it("carries method, path, headers and body there, and status, headers and body back", async () => {
    const url = await serving(async ({ method, path, headers, body, from }) => ({
      status: 201,
      headers: { "X-Seen": headers["x-sent"] ?? "" },
      body: `${method} ${path} ${body} ${from.includes("127.0.0.1")}`,
    }));
    const answer = await get(`${url}/a?b=c`, { method: "POST", headers: { "X-Sent": "yes" }, body: "grüße" });
    expect(answer).toMatchObject({ status: 201, body: "POST /a?b=c grüße true" });
    expect(answer.headers["x-seen"]).toBe("yes");
  });

  it("answers 500 for a handler that throws, and reports it", async () => {
    const reports: unknown[] = [];
    const url = await serving(() => Promise.reject(new Error("oh")), reports);
    expect((await get(url)).status).toBe(500);
    expect(reports).toEqual([new Error("oh")]);
  });
});

describe("no answer", () => {
  it("is refused where nobody listens", async () => {
    const { url, server } = await rawServer(() => {});
    server.close();
    await once(server, "close");
    expect(await failure(url)).toBe("refused");
  });

  it("is unresolved for a name that does not exist", async () => {
    expect(await failure("http://nobody.invalid:80/")).toBe("unresolved");
  });

  it("is a reset when the connection ends before the answer", async () => {
    const { url } = await rawServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    expect(await failure(url)).toBe("reset");
  });

  it("is a reset when the answer is cut short", async () => {
    const { url } = await rawServer((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")),
    );
    expect(await failure(url)).toBe("reset");
  });

  it("is a time-out when nothing comes", async () => {
    const { url } = await rawServer(() => {});
    expect(await failure(url, 100)).toBe("timeout");
  });

  it("is a time-out when the body does not end in time, though its beginning came", async () => {
    const { url } = await rawServer((socket) =>
      socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")),
    );
    expect(await failure(url, 300)).toBe("timeout");
  });
});

it("times out a handler that takes too long", async () => {
  const url = await serving(() => new Promise(() => {}));
  expect(await failure(url, 100)).toBe("timeout");
});
