import type { Host, Service } from "../../../harness/service/host.ts";
import { ConnectionCut } from "../../../harness/service/http.ts";
import type { HttpHandler, HttpResponse, IncomingRequest } from "../../../harness/service/http.ts";
import { createMockClock } from "../clock.ts";
import { control } from "../control.ts";
import { Cut } from "../http.ts";
import type { MockBody, MockRequest } from "../http.ts";
import { startMock } from "../life.ts";
import type { MockDefinition } from "../mock.ts";
import { runErrands } from "./errands.ts";
import { answerInProcess } from "./in-process.ts";
import { readMockSettings } from "./settings.ts";

/** 2026-01-01T00:00:00Z, where the sim tier's wall clock begins too. */
const EPOCH_MS = 1_767_225_600_000;

const ERRAND_WITHIN_MS = 2_000;

/**
 * A mock as a service of a stack over its Host, which is how the sim tier runs it: `export default mockService(llm)`.
 * A client of a Host sees whole bodies, so a body comes when it is complete and a cut inside it is a reset. Ports of
 * raw TCP and WebSockets stay closed: the sim tier's network speaks HTTP.
 */
export function mockService(definition: MockDefinition): Service {
  return async (host: Host) => {
    const { seed, settings } = readMockSettings(host.env);
    const clock = createMockClock({
      base: host.clock,
      epochMs: EPOCH_MS,
      mode: { kind: "run", scale: 1 },
      settled: () => host.clock.sleep(0),
    });
    const mock = startMock(definition, { seed: seed ?? host.random.below(2 ** 31), clock, settings });
    const never = new AbortController().signal;
    for (const { name, kind, port } of mock.built.listeners) {
      if (kind === "tcp") {
        host.log("this port is closed here: it speaks no HTTP", { port, listener: name });
        continue;
      }
      await host.serve(port, async (incoming) => {
        const listener = mock.built.listeners.find((it) => it.name === name);
        if (listener?.kind !== "http") throw new ConnectionCut();
        const outcome = await answerInProcess(mock, listener, fromHost(incoming), never);
        if (outcome.kind === "silence") return new Promise<never>(() => {});
        if (outcome.kind === "reset") throw new ConnectionCut();
        const { status, headers, body } = outcome.response;
        return { status, headers, body: await whole(body) };
      });
    }
    await host.serve(
      definition.controlPort,
      controlHandler((request) => control(mock, request)),
    );
    void runErrands(mock, {
      nowMs: () => host.clock.nowMs(),
      sleep: (ms) => host.clock.sleep(ms),
      send: ({ method, url, body }) =>
        host.request({ method, url, body, timeoutMs: ERRAND_WITHIN_MS }).then(
          ({ status }) => status < 500,
          () => false,
        ),
    });
    host.log("serving", { mock: definition.name, seed: mock.seed });
  };
}

function controlHandler(answer: (request: MockRequest) => ReturnType<typeof control>): HttpHandler {
  return async (incoming): Promise<HttpResponse> => {
    const { status, headers, body } = await answer(fromHost(incoming));
    return { status, headers, body: await whole(body) };
  };
}

async function whole(body: MockBody): Promise<string> {
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString("utf8");
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of body) chunks.push(Buffer.from(chunk));
  } catch (error) {
    if (error instanceof Cut) throw new ConnectionCut();
    throw error;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function fromHost(incoming: IncomingRequest): MockRequest {
  const at = incoming.path.indexOf("?");
  return {
    method: incoming.method,
    path: at === -1 ? incoming.path : incoming.path.slice(0, at),
    search: at === -1 ? "" : incoming.path.slice(at),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: Buffer.from(incoming.body),
  };
}
