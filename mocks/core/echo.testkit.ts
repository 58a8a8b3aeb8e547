import { systemClock } from "../../harness/time/system-clock.ts";
import { z } from "zod";
import { createMockClock } from "./clock.ts";
import type { ClockMode } from "./clock.ts";
import { jsonResponse, textOf } from "./http.ts";
import type { HttpListener, MockExchange, MockRequest, MockResponse } from "./http.ts";
import { startMock } from "./life.ts";
import type { RunningMock } from "./life.ts";
import type { MockDefinition, MockWorld } from "./mock.ts";
import { ALPHANUMERIC, randomText } from "./random.ts";
import type { TcpListener } from "./tcp.ts";

/** The smallest mock that has everything: what the tests of the core run. */
export const echoMock: MockDefinition = {
  name: "echo",
  summary: "says what it hears",
  fidelity: { mock: "echo", imitates: ["nothing"], endpoints: {}, mounts: [] },
  settings: { greeting: "hello" },
  faults: {
    overload: { effect: "answers 503", params: z.strictObject({ status: z.int().default(503) }) },
  },
  controlPort: 7_999,
  build(world) {
    let heard = 0;
    return {
      listeners: [httpListener(world, () => (heard += 1)), tcpListener],
      state: () => ({ heard }),
      metrics: () => [
        { name: "echo_heard_total", help: "Requests.", type: "counter", samples: [{ value: heard }] },
      ],
    };
  },
};

function httpListener(world: MockWorld, hear: () => void): HttpListener {
  return {
    kind: "http",
    name: "api",
    port: 7_000,
    hosts: ["api.echo.test"],
    journalHeaders: ["x-attempt"],
    labels: ({ headers }) => ({ key: headers["x-key"] ?? "" }),
    answer: (request, exchange) => {
      hear();
      return route(world, request, exchange);
    },
    webSocket: {
      protocol: () => null,
      open: (connection) => connection.onMessage((message) => connection.send(message.toUpperCase())),
    },
  };
}

function route(world: MockWorld, request: MockRequest, exchange: MockExchange): MockResponse {
  const id = randomText(exchange.random, 12, ALPHANUMERIC);
  const overload = exchange.fault("overload");
  if (overload !== null) return jsonResponse(Number(overload.params["status"]), { id, error: "overload" });
  switch (request.path) {
    case "/echo":
      return jsonResponse(
        200,
        { id, greeting: world.settings["greeting"], heard: textOf(request) },
        { "x-id": id },
      );
    case "/stream":
      return {
        status: 200,
        headers: { "content-type": "text/plain", "x-id": id },
        body: words(world, exchange),
      };
    default:
      world.unmodelled(`${request.method} ${request.path}`);
      return jsonResponse(404, { id, error: "unknown" });
  }
}

async function* words({ clock }: MockWorld, { random, signal }: MockExchange) {
  for (let at = 0; at < 5; at++) {
    await clock.sleep(random.below(1_000), signal);
    yield `word-${at}-${clock.nowMs()} `;
  }
}

const tcpListener: TcpListener = {
  kind: "tcp",
  name: "lines",
  port: 7_001,
  hosts: ["lines.echo.test:7001"],
  accept: (connection) =>
    connection.onData((bytes) => connection.send(Buffer.from(bytes).toString().toUpperCase())),
};

/** 2026-01-01T00:00:00Z */
export const EPOCH_MS = 1_767_225_600_000;

/** A mock of a test, on a clock that starts now. */
export function testMock(
  definition: MockDefinition,
  options: {
    mode?: ClockMode;
    seed?: number;
    settings?: Readonly<Record<string, string>>;
    epochMs?: number;
  } = {},
): RunningMock {
  const { mode = { kind: "jump" }, seed = 7, settings = {}, epochMs = EPOCH_MS } = options;
  return startMock(definition, {
    seed,
    settings,
    clock: createMockClock({ base: systemClock(), epochMs, mode }),
  });
}

/** Any free port for every listener. */
export const FREE_PORTS = {
  host: "127.0.0.1",
  ports: new Proxy<Record<string, number>>({}, { get: () => 0 }),
  controlPort: 0,
} as const;
