import { once } from "node:events";
import { request } from "node:https";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { echoMock, FREE_PORTS, testMock } from "./echo.testkit.ts";
import type { TransportFault } from "./faults/transport.ts";
import { createAuthority } from "./mount/authority.ts";
import type { Authority } from "./mount/authority.ts";
import { serveMock } from "./mount/standalone.ts";

let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority();
});
const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function served() {
  const mock = testMock(echoMock, { mode: { kind: "run", scale: 1 } });
  const { ports, close } = await serveMock(mock, { ...FREE_PORTS, authority });
  closers.push(close);
  const put = (kind: TransportFault, params: object = {}) => void mock.faults.put("f", { kind, params });
  return { mock, ports, put };
}

/** What Node's https client gets over a fresh connection: the body, or the error's code. */
function ask(port: number | undefined, options: object = {}): Promise<string> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name);
    const to = { host: "127.0.0.1", port, path: "/echo", method: "POST", agent: false, ca: authority.pem };
    const asking = request({ ...to, ...options }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += String(chunk)));
      response.on("end", () => resolve(text));
      response.on("error", failed);
    });
    asking.on("error", failed);
    asking.end("hello");
  });
}
const whole = expect.stringContaining('"heard":"hello"') as unknown as string;

test("who trusts the authority trusts the mock, under its own names too; nobody else does", async () => {
  const { ports } = await served();
  expect(await ask(ports["api"])).toEqual(whole);
  expect(await ask(ports["api"], { servername: "api.echo.test" })).toEqual(whole);
  expect(await ask(ports["api"], { servername: "api.other.test" })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(await ask(ports["api"], { ca: [] })).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
});

test.each([
  ["tls.expired", "CERT_HAS_EXPIRED"],
  ["tls.wrongHost", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["tls.selfSigned", "DEPTH_ZERO_SELF_SIGNED_CERT"],
] as const)("a real client sees %s, and no trace of it afterwards", async (kind, code) => {
  const { mock, ports, put } = await served();
  put(kind);
  expect(await ask(ports["api"])).toBe(code);
  mock.faults.delete("f");
  expect(await ask(ports["api"])).toEqual(whole);
});

test("a handshake that stalls: late, or never", async () => {
  const { put, ports } = await served();
  put("tls.handshakeStall", { ms: 200 });
  const startedMs = performance.now();
  expect(await ask(ports["api"])).toEqual(whole);
  expect(performance.now() - startedMs).toBeGreaterThan(190);
  put("tls.handshakeStall");
  expect(await ask(ports["api"], { signal: AbortSignal.timeout(200) })).toBe("ABORT_ERR");
});

test("the faults of the wire work inside TLS", async () => {
  const { put, ports } = await served();
  put("tcp.rst", { afterBytes: 5 });
  expect(await ask(ports["api"])).toBe("ECONNRESET");
  put("tcp.reset-on-accept");
  expect(await ask(ports["api"])).toBe("ECONNRESET");
  put("tcp.refuse");
  await expect.poll(() => ask(ports["api"])).toBe("ECONNREFUSED");
});

test("raw TCP and WebSockets speak TLS too", async () => {
  const { ports } = await served();
  const socket = connectTls({ host: "127.0.0.1", port: ports["lines"] ?? 0, ca: authority.pem });
  socket.write("hello");
  expect(String((await once(socket, "data"))[0])).toBe("HELLO");
  socket.destroy();
  const client = new WebSocket(`wss://127.0.0.1:${ports["api"]}/socket`, { ca: authority.pem });
  await once(client, "open");
  client.send("hello");
  expect(String((await once(client, "message"))[0])).toBe("HELLO");
  client.terminate();
});

test("a listener that must speak TLS does so without an authority, with a certificate that it signs itself", async () => {
  const must: typeof echoMock = {
    ...echoMock,
    build(world) {
      const built = echoMock.build(world);
      const tls = { commonName: "worker", certificate: () => "valid" as const };
      return {
        ...built,
        listeners: built.listeners.map((it) => (it.kind === "http" ? { ...it, tls } : it)),
      };
    },
  };
  const { ports, close } = await serveMock(testMock(must), FREE_PORTS);
  closers.push(close);
  expect(await ask(ports["api"])).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  expect(await ask(ports["api"], { rejectUnauthorized: false })).toEqual(whole);
});
