import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createHttpServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { exchange } from "../http-exchange.ts";
import { answerDns, openByName, startGateway } from "./gateway.ts";
import { readCounters } from "./counters.ts";
import { openTunnel } from "./tunnel.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A gateway beside one service whose name resolves as `lookup` says. */
async function gatewayFor(port: number, lookup = async () => "127.0.0.1") {
  const gateway = await startGateway(
    {
      controlPort: 0,
      forwards: [{ listen: 0, service: "api", port }],
      services: ["api"],
      innerNames: [],
      sink: null,
    },
    openByName(lookup),
  );
  closers.push(gateway.close);
  const through = (path: string, timeoutMs = 20_000, to = port, service = "api") =>
    exchange(
      { method: "POST", url: `http://${service}:${to}${path}`, body: "hello", timeoutMs },
      (name, number, signal) => openTunnel(gateway.controlPort, name, number, signal),
    );
  return { ...gateway, through };
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("forward", () => {
  it("carries bytes and half-closes, and looks the name up anew for each connection", async () => {
    const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
    const port = await listening(echo);
    let lookups = 0;
    const gateway = await gatewayFor(port, async () => (lookups++, "127.0.0.1"));
    for (const text of ["one", "two"]) {
      expect(await sendAndRead(gateway.forwardPorts[0] ?? 0, text)).toBe(text);
    }
    expect(lookups).toBe(2);
  });

  it("resets the client when the service is away", async () => {
    const gateway = await gatewayFor(await unusedPort());
    await expect(sendAndRead(gateway.forwardPorts[0] ?? 0, "x")).rejects.toMatchObject({
      code: "ECONNRESET",
    });
  });
});

function sendAndRead(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(text));
    let read = "";
    socket.on("data", (chunk) => (read += chunk.toString()));
    socket.once("end", () => resolve(read)).once("error", reject);
  });
}

describe("tunnel", () => {
  it("carries an HTTP exchange", async () => {
    const server = createHttpServer((request, response) => {
      request
        .setEncoding("utf8")
        .on("data", (body) => response.end(`${request.method} ${request.url} ${body}`));
    });
    const gateway = await gatewayFor(await listening(server));
    expect(await gateway.through("/path?q=1")).toMatchObject({ status: 200, body: "POST /path?q=1 hello" });
  });

  it("tells refused, unresolved, reset and timeout apart", async () => {
    const away = await gatewayFor(await unusedPort());
    await expect(away.through("/")).rejects.toMatchObject({ name: "RequestError", failure: "refused" });
    await expect(away.through("/", 20_000, 80, "stranger")).rejects.toMatchObject({ failure: "unresolved" });

    const nameless = await gatewayFor(1, () =>
      Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" })),
    );
    await expect(nameless.through("/")).rejects.toMatchObject({ failure: "unresolved" });

    const rude = await gatewayFor(
      await listening(createServer((socket) => socket.once("data", () => socket.resetAndDestroy()))),
    );
    await expect(rude.through("/")).rejects.toMatchObject({ failure: "reset" });

    const silent: Socket[] = [];
    const mute = await gatewayFor(await listening(createServer((socket) => silent.push(socket))));
    await expect(mute.through("/", 300)).rejects.toMatchObject({ failure: "timeout" });
    // The gateway lets go of the service when the client gives up.
    silent[0]?.resume();
    await expect.poll(() => silent.every((socket) => socket.destroyed), { timeout: 20_000 }).toBe(true);
  });

  it("does not blame the service when the gateway itself is away", async () => {
    const tunnel = openTunnel(await unusedPort(), "api", 80, AbortSignal.timeout(20_000));
    await expect(tunnel).rejects.toMatchObject({ code: "RUN_REQUEST" });
  });

  it("tells its counters", async () => {
    const gateway = await gatewayFor(1);
    expect(await readCounters(gateway)).toEqual({ names: {}, connections: {} });
  });
});

/** A DNS query for a name and a record type. */
const question = (name: string, type: number) =>
  Buffer.concat([
    Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    ...name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0, 0, type, 0, 1]),
  ]);

describe("answerDns", () => {
  const inner = new Set(["api", "api.internal"]);

  it("answers an outside name with its own address and counts it", () => {
    const { reply, outside } = answerDns(question("API.Example.com", 1), "10.1.2.3", inner);
    expect(outside).toBe("api.example.com");
    expect(reply?.readUInt16BE(0)).toBe(0x1234);
    expect(reply?.readUInt16BE(6)).toBe(1);
    expect([...(reply?.subarray(-4) ?? [])]).toEqual([10, 1, 2, 3]);
  });

  it("has no other record of it, and counts it once", () => {
    const { reply, outside } = answerDns(question("example.com", 28), "10.1.2.3", inner);
    expect([reply?.readUInt16BE(2), reply?.readUInt16BE(6), outside]).toEqual([0x8180, 0, null]);
  });

  it.each([
    ["an inner name", question("api.internal", 1), "10.1.2.3"],
    ["a name without a dot", question("db", 1), "10.1.2.3"],
    ["a reverse look-up", question("4.3.2.10.in-addr.arpa", 12), "10.1.2.3"],
    ["the gateway's own question", question("example.com", 1), null],
  ])("knows nothing of %s", (_what, query, own) => {
    const { reply, outside } = answerDns(query, own, inner);
    expect([(reply?.readUInt16BE(2) ?? 0) & 0xf, outside]).toEqual([3, null]);
  });

  it("does not answer what is no question", () => {
    for (const broken of [Buffer.alloc(0), Buffer.alloc(12), question("example.com", 1).subarray(0, 20)]) {
      expect(answerDns(broken, "10.1.2.3", inner)).toEqual({ reply: null, outside: null });
    }
  });
});
