import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../time/system-clock.ts";
import { type LaneOptions, type PathProxy, quickRandom, startPathProxy } from "./path-proxy.ts";

const clock = systemClock();
const nowMs = () => clock.nowMs();
const free: LaneOptions = { delayMs: 0, jitterMs: 0, bytesPerSecond: null };

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const act of cleanUp.splice(0)) act();
});

async function listen(handler: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => server.close());
  return portOf(server);
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A proxy in front of an echo. */
async function throughProxy(lanes: { inbound?: LaneOptions; outbound?: LaneOptions }): Promise<{
  port: number;
  proxy: PathProxy;
}> {
  const echo = await listen((socket) => socket.on("error", () => socket.destroy()).pipe(socket));
  const port = await freePort();
  const proxy = await startPathProxy(
    {
      routes: [{ listen: port, host: "127.0.0.1", port: echo }],
      controlPort: 0,
      inbound: free,
      outbound: free,
      seed: 1,
      ...lanes,
    },
    { nowMs, random: quickRandom(1) },
  );
  cleanUp.push(() => proxy.close());
  return { port, proxy };
}

async function exchange(port: number, data: Buffer): Promise<{ answer: Buffer; tookMs: number }> {
  const startedMs = nowMs();
  const socket = connect({ port });
  socket.end(data);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return { answer: Buffer.concat(chunks), tookMs: nowMs() - startedMs };
}

describe("the proxy in the path", () => {
  test("carries bytes unchanged and in order, however they jitter", async () => {
    const jittery = { delayMs: 20, jitterMs: 20, bytesPerSecond: null };
    const { port } = await throughProxy({ inbound: jittery, outbound: jittery });
    const data = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 31) % 251));
    expect((await exchange(port, data)).answer.equals(data)).toBe(true);
  });

  test("delays each direction once, not each handshake", async () => {
    const slow = { delayMs: 150, jitterMs: 0, bytesPerSecond: null };
    const { port } = await throughProxy({ inbound: slow, outbound: slow });
    const { tookMs } = await exchange(port, Buffer.from("hello"));
    expect(tookMs).toBeGreaterThanOrEqual(300);
  });

  test("limits what all connections carry together", async () => {
    const { port } = await throughProxy({ inbound: { ...free, bytesPerSecond: 100_000 } });
    const startedMs = nowMs();
    await Promise.all([exchange(port, Buffer.alloc(20_000)), exchange(port, Buffer.alloc(20_000))]);
    expect(nowMs() - startedMs).toBeGreaterThanOrEqual(399);
  });

  test("measures itself", async () => {
    const { proxy } = await throughProxy({ inbound: { ...free, delayMs: 120 } });
    const { answer } = await exchange(proxy.controlPort, Buffer.from("?"));
    const report = JSON.parse(answer.toString()) as { elapsedMs: number; bytes: number };
    expect(report.bytes).toBe(1);
    expect(report.elapsedMs).toBeGreaterThanOrEqual(120);
  });

  test("ends the client's connection when the service refuses it", async () => {
    const nobody = await freePort();
    const port = await freePort();
    const proxy = await startPathProxy(
      {
        routes: [{ listen: port, host: "127.0.0.1", port: nobody }],
        controlPort: 0,
        inbound: free,
        outbound: free,
        seed: 1,
      },
      { nowMs, random: quickRandom(1) },
    );
    cleanUp.push(() => proxy.close());
    const socket = connect({ port });
    const ended = new Promise((resolve) => socket.on("close", resolve));
    socket.on("error", () => undefined);
    await expect(ended).resolves.toBeDefined();
  });
});
