import fc from "fast-check";
import { expect, test } from "vitest";
import { testMock } from "../core/echo.testkit.ts";
import type { TcpConnection, TcpListener } from "../core/tcp.ts";
import { EASY } from "./clients.testkit.ts";
import { stratumMock } from "./stratum.ts";

const METHODS = [
  "subscribe",
  "authorize",
  "configure",
  "submit",
  "suggest_difficulty",
  "ping",
  "toString",
  "",
];
const hex = fc.stringMatching(/^[0-9a-f]{8}$/);
const message = fc.record(
  {
    id: fc.jsonValue(),
    method: fc.oneof(fc.constantFrom(...METHODS.map((name) => `mining.${name}`)), fc.jsonValue()),
    params: fc.oneof(fc.jsonValue(), fc.array(fc.oneof(hex, fc.constant("alice.1"), fc.jsonValue()))),
  },
  { requiredKeys: [] },
);
const line = fc.oneof(
  message.map((it) => Buffer.from(`${JSON.stringify(it)}\n`)),
  fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(..."[{\n\0".split("")).map((text) => Buffer.from(`${text.repeat(1_000)}\n`)),
);

test("whatever a client sends, in whatever pieces, the pool answers JSON or hangs up, and serves the next", () => {
  const mock = testMock(stratumMock, { mode: { kind: "frozen" }, settings: EASY });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 10 }), fc.integer({ min: 1, max: 500 }), (lines, size) => {
      const rude = plug();
      const all = Buffer.concat(lines);
      for (let at = 0; at < all.length && rude.open(); at += size) rude.send(all.subarray(at, at + size));
      for (const told of rude.told()) if (told !== "Invalid JSON, disconnecting") JSON.parse(told);
      rude.close();
      const next = plug();
      next.send(Buffer.from('{"id":1,"method":"mining.ping"}\n'));
      expect(next.told()).toEqual(['{"id":1,"result":"pong","error":null}']);
      next.close();
    }),
    { numRuns: 300 },
  );
  expect(mock.built.state()).toMatchObject({ clients: 0 });

  /** A connection without a network. */
  function plug() {
    let heard = "";
    let open = true;
    let data: (bytes: Uint8Array) => void = () => {};
    let closed = () => {};
    const close = () => {
      if (open) closed();
      open = false;
    };
    const connection: TcpConnection = {
      number: mock.nextNumber(),
      subject: { labels: {} },
      send: (bytes) => void (heard += String(bytes)),
      end: close,
      reset: close,
      onData: (listener) => void (data = listener),
      onClose: (listener) => void (closed = listener),
    };
    (mock.built.listeners.find(({ kind }) => kind === "tcp") as TcpListener).accept(connection);
    const told = () => heard.split("\n").slice(0, -1);
    return { send: (bytes: Uint8Array) => data(bytes), told, open: () => open, close };
  }
});
