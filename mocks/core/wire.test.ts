import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { keyedRandom } from "../../harness/service/random.ts";
import type { ClockMode } from "./clock.ts";
import { echoMock, FREE_PORTS, testMock } from "./echo.testkit.ts";
import { servePipe } from "./mount/pipe.ts";
import { interceptSockets } from "./mount/socket.ts";
import { serveMock } from "./mount/standalone.ts";
import { pipeMock } from "./pipe.ts";
import { sampleDelayMs } from "./random.ts";
import { TRANSPORT_FAULTS } from "./faults/transport.ts";
import type { TransportFault } from "./faults/transport.ts";

/** Those of TLS are tried in tls.test.ts. */
type PlainFault = Exclude<TransportFault, `tls.${string}`>;
const PLAIN_FAULTS = Object.keys(TRANSPORT_FAULTS).filter((kind) => !kind.startsWith("tls.")) as PlainFault[];

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function served(mode: ClockMode = { kind: "run", scale: 1 }) {
  const mock = testMock(echoMock, { mode });
  const server = await serveMock(mock, FREE_PORTS);
  closers.push(server.close);
  const origin = `http://127.0.0.1:${server.ports["api"]}`;
  const put = (kind: TransportFault, params: object = {}) => void mock.faults.put("f", { kind, params });
  return { mock, server, origin, put };
}

interface Seen {
  readonly text: string;
  readonly failure: string;
  readonly ms: number;
}

/** POSTs with Node's fetch and says what came and how it ended. */
async function post(origin: string, body: string, timeoutMs = 20_000): Promise<Seen> {
  const startedMs = performance.now();
  let text = "";
  let failure = "";
  try {
    const response = await fetch(`${origin}/echo`, {
      method: "POST",
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString("latin1");
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
    failure = `${name} ${cause?.code ?? cause?.message ?? ""}`;
  }
  return { text, failure, ms: performance.now() - startedMs };
}

const BODY = "x".repeat(400);
const whole = expect.stringContaining(BODY) as unknown as string;

/** What a real client sees of every fault of the wire, under HTTP. */
const CASES: Readonly<
  Record<
    PlainFault,
    (put: (params?: object) => void, ask: (timeoutMs?: number) => Promise<Seen>) => Promise<void>
  >
> = {
  "tcp.refuse": async (put, ask) => {
    put();
    expect(await ask()).toMatchObject({ text: "", failure: "TypeError ECONNREFUSED" });
  },
  "tcp.reset-on-accept": async (put, ask) => {
    put();
    expect((await ask()).failure).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  },
  "tcp.hold-accept": async (put, ask) => {
    put({ ms: 200 });
    const { text, ms } = await ask();
    expect([text, ms > 190]).toEqual([whole, true]);
  },
  "tcp.blackhole": async (put, ask) => {
    put();
    expect((await ask(300)).failure).toMatch(/^TimeoutError/);
  },
  "tcp.rst": async (put, ask) => {
    put({ phase: "body", afterBytes: 100 });
    const { text, failure } = await ask();
    expect([text.length, failure]).toEqual([100, expect.stringContaining("ECONNRESET")]);
  },
  "tcp.fin": async (put, ask) => {
    put({ phase: "body", afterBytes: 100 });
    const { text, failure } = await ask();
    expect([text.length, failure]).toEqual([100, expect.stringContaining("UND_ERR_SOCKET")]);
  },
  latency: async (put, ask) => {
    put({ mean: 150 });
    const { text, ms } = await ask();
    expect([text, ms > 145]).toEqual([whole, true]);
  },
  throttle: async (put, ask) => {
    put({ bytesPerSec: 2_000 });
    const { text, ms } = await ask();
    // 400 bytes and some headers.
    expect([text, ms > 250]).toEqual([whole, true]);
  },
  slice: async (put, ask) => {
    put({ bytes: 100, gapMs: 40 });
    const { text, ms } = await ask();
    expect([text, ms > 150]).toEqual([whole, true]);
  },
  stall: async (put, ask) => {
    put({ phase: "body", afterBytes: 50, ms: 200 });
    const { text, ms } = await ask();
    expect([text, ms > 190]).toEqual([whole, true]);
    put({ phase: "body", afterBytes: 50 });
    expect(await ask(300)).toMatchObject({
      text: expect.stringMatching(/^.{50}$/),
      failure: expect.stringMatching(/^TimeoutError/),
    });
  },
  halfOpen: async (put, ask) => {
    put({ ms: 200 });
    const { text, failure, ms } = await ask();
    expect([text, failure, ms > 190]).toEqual(["", expect.stringContaining("ECONNRESET"), true]);
    put({ phase: "body", afterBytes: 50 });
    expect(await ask(300)).toMatchObject({
      text: expect.stringMatching(/^.{50}$/),
      failure: expect.stringMatching(/^TimeoutError/),
    });
  },
  corrupt: async (put, ask) => {
    put({ phase: "body", rate: 0.2 });
    const { text, failure } = await ask();
    expect(failure).toBe("");
    expect(text).not.toEqual(whole);
  },
};

describe("a real client under HTTP", () => {
  test.each(PLAIN_FAULTS)("sees %s, and no trace of it afterwards", async (kind) => {
    const { mock, origin, put } = await served();
    // A fresh connection: one that is kept alive has passed the accept.
    const ask = (timeoutMs?: number) => post(origin, BODY, timeoutMs);
    await CASES[kind]((params) => put(kind, params), ask);
    mock.faults.delete("f");
    expect(await ask()).toMatchObject({ text: whole, failure: "" });
  });
});

test("raw TCP: messages keep their order under latency, and a reset cuts inside one", async () => {
  const { mock, server } = await served();
  const socket = connect(server.ports["lines"] ?? 0, "127.0.0.1");
  await once(socket, "connect");
  let heard = "";
  socket.on("data", (bytes) => (heard += String(bytes)));
  mock.faults.put("slow", { kind: "latency", params: { mean: 30, dist: "uniform" } });
  for (const word of ["a", "b", "c", "d"]) {
    socket.write(word);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await expect.poll(() => heard).toBe("ABCD");
  mock.faults.delete("slow");
  mock.faults.put("cut", { kind: "tcp.rst", params: { afterBytes: 2 } });
  const broken = once(socket, "error") as Promise<[NodeJS.ErrnoException]>;
  socket.write("wxyz");
  expect((await broken)[0].code).toBe("ECONNRESET");
  expect(heard).toBe("ABCDWX");
});

test("a reset of the mock ends what stands, and it answers anew", async () => {
  const { mock, server } = await served();
  const socket = connect(server.ports["lines"] ?? 0, "127.0.0.1");
  await once(socket, "connect");
  socket.write("a");
  await once(socket, "data");
  const closed = once(socket, "close");
  socket.on("error", () => {});
  mock.reset();
  await closed;
  const next = connect(server.ports["lines"] ?? 0, "127.0.0.1");
  next.write("b");
  expect(String((await once(next, "data"))[0])).toBe("B");
  expect(mock.requests()).toBe(1);
  next.destroy();
});

test("a stream that a frozen clock is moved past is told by the times at which its parts were due", async () => {
  const { mock, origin, put } = await served({ kind: "frozen" });
  put("latency", { mean: 100 });
  const streaming = fetch(`${origin}/stream`).then((response) => response.text());
  await expect.poll(() => mock.journal.text()).toContain("fault.hit");
  await mock.clock.advance(10_000);
  const dueMs = [...(await streaming).matchAll(/word-\d-(\d+) /g)].map(([, ms]) => Number(ms));
  expect(dueMs).toHaveLength(5);
  expect(dueMs[0]).toBeGreaterThanOrEqual(100);
  expect(dueMs.at(-1)).toBeLessThan(10_000);
});

test("latency drawn from a trace comes from nothing else", () => {
  const random = keyedRandom(3, "trace");
  const drawn = Array.from({ length: 50 }, () => sampleDelayMs(random, { dist: "trace", trace: [5, 80] }));
  expect(new Set(drawn)).toEqual(new Set([5, 80]));
});

test("WebSocket: an unmodified client talks, and meets the faults of the wire", async () => {
  const { mock, origin } = await served();
  const client = new WebSocket(`${origin.replace("http", "ws")}/socket`);
  await once(client, "open");
  const ask = async (text: string) => {
    client.send(text);
    return String((await once(client, "message"))[0]);
  };
  expect(await ask("hello")).toBe("HELLO");
  expect(await ask("x".repeat(70_000))).toBe("X".repeat(70_000));
  mock.faults.put("slow", { kind: "latency", params: { mean: 100 } });
  const startedMs = performance.now();
  expect(await ask("late")).toBe("LATE");
  expect(performance.now() - startedMs).toBeGreaterThan(95);
  mock.faults.put("slow", { kind: "tcp.rst", params: {} });
  const closed = once(client, "close") as Promise<[number]>;
  client.on("error", () => {});
  client.send("gone");
  expect((await closed)[0]).toBe(1006);
});

test("WebSocket: a half-open connection answers no pings, and what is said meanwhile is never heard", async () => {
  const { mock, origin } = await served();
  const client = new WebSocket(`${origin.replace("http", "ws")}/socket`);
  await once(client, "open");
  client.ping();
  await once(client, "pong");
  mock.faults.put("dead", { kind: "halfOpen", params: { ms: 300 }, count: 1 });
  const heard: string[] = [];
  client.on("message", (data) => heard.push(String(data)));
  client.on("pong", () => heard.push("pong"));
  const closed = once(client, "close") as Promise<[number]>;
  client.send("first");
  await expect.poll(() => mock.journal.text()).toContain("fault.hit");
  client.ping();
  client.send("second");
  expect((await closed)[0]).toBe(1006);
  expect(heard).toEqual([]);
});

function intercepted() {
  closers.push(interceptSockets(testMock(echoMock)).restore);
}

test("the socket interceptor carries raw TCP", async () => {
  intercepted();
  const socket = connect(7_001, "lines.echo.test");
  socket.write("hello");
  expect(String((await once(socket, "data"))[0])).toBe("HELLO");
  socket.destroy();
});

test("the socket interceptor carries WebSockets", async () => {
  intercepted();
  const client = new WebSocket("wss://api.echo.test/socket");
  await once(client, "open");
  client.send("hello");
  expect(String((await once(client, "message"))[0])).toBe("HELLO");
  client.terminate();
});

test("the pipe carries any TCP server both ways, and a fault in one direction leaves the other alone", async () => {
  const upstream = createServer((socket) => socket.on("data", (bytes) => socket.write(bytes)));
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  closers.push(() => void upstream.close());
  const mock = testMock(pipeMock, { mode: { kind: "run", scale: 1 } });
  const to = { host: "127.0.0.1", port: (upstream.address() as AddressInfo).port };
  const pipe = await servePipe(mock, to, FREE_PORTS);
  closers.push(pipe.close);
  const socket = connect(pipe.ports["pipe"] ?? 0, "127.0.0.1");
  let bytes = 0;
  socket.on("data", (chunk) => (bytes += chunk.length));
  socket.write(Buffer.alloc(5_000_000, 1));
  await expect.poll(() => bytes, { timeout: 5_000 }).toBe(5_000_000);
  mock.faults.put("slow", { kind: "latency", params: { mean: 100 }, scope: { direction: "up" } });
  const startedMs = performance.now();
  socket.write("x");
  await expect.poll(() => bytes, { interval: 5 }).toBe(5_000_001);
  expect(performance.now() - startedMs).toBeGreaterThan(95);
  // Only the way up was slow.
  expect(mock.faults.list()).toMatchObject([{ hits: 1 }]);
  mock.faults.put("slow", { kind: "tcp.fin", scope: { direction: "down" } });
  socket.write("y");
  await once(socket, "close");
});
