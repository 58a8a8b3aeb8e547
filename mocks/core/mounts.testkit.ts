import nock from "nock";
import { setupServer } from "msw/node";
import type { Host } from "../../harness/service/host.ts";
import { keyedRandom } from "../../harness/service/random.ts";
import { ConnectionCut } from "../../harness/service/http.ts";
import type { HttpHandler } from "../../harness/service/http.ts";
import { systemClock } from "../../harness/time/system-clock.ts";
import { createMockClock } from "./clock.ts";
import { EPOCH_MS, FREE_PORTS, testMock } from "./echo.testkit.ts";
import type { MockDefinition } from "./mock.ts";
import { mockService } from "./mount/host.ts";
import { mswHandlers } from "./mount/msw.ts";
import { useNock } from "./mount/nock.ts";
import { interceptSockets } from "./mount/socket.ts";
import { serveMock } from "./mount/standalone.ts";
import { closing } from "./reach.testkit.ts";

// Its import patches the process, and only one tool may at a time.
nock.restore();

/** A request of a test. */
export interface Ask {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back: all that must be equal in every mount; null: the connection broke. */
export type Told = { status: number; headers: Record<string, string>; body: string } | null;

export interface Mounted {
  ask(request: Ask): Promise<Told>;
  /** PUT /faults/{id}, as far as the mount has a control port. */
  fault(id: string, input: object): Promise<void>;
  journal(): Promise<string>;
  close(): Promise<void> | void;
}

type Mount = (definition: MockDefinition, settings: Record<string, string>) => Promise<Mounted>;

/** Hop-by-hop headers belong to a connection and not to an answer. */
const OF_THE_CONNECTION = new Set(["connection", "keep-alive", "transfer-encoding"]);

function fetching(base: string): Mounted["ask"] {
  return async ({ method, path, headers, body }) => {
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    try {
      const response = await fetch(base + path, init);
      const shown = [...response.headers].filter(([name]) => !OF_THE_CONNECTION.has(name));
      return { status: response.status, headers: Object.fromEntries(shown), body: await response.text() };
    } catch {
      return null;
    }
  };
}

/** A mount that patches this process; the mock stands in for its first host. */
function patching(undoable: (mock: ReturnType<typeof testMock>) => () => void): Mount {
  return async (definition, settings) => {
    const mock = testMock(definition, { settings });
    const undo = undoable(mock);
    return {
      ask: fetching(`https://${mock.built.listeners[0]?.hosts[0]}`),
      fault: async (id, input) => void mock.faults.put(id, input),
      journal: async () => mock.journal.text(),
      close: closing(undo),
    };
  };
}

/** Every way to mount a mock, by name. */
export const MOUNTS: Readonly<Record<string, Mount>> = {
  standalone: async (definition, settings) => {
    const mock = testMock(definition, { settings });
    const server = await serveMock(mock, FREE_PORTS);
    const control = `http://127.0.0.1:${server.controlPort}`;
    return {
      ask: fetching(`http://127.0.0.1:${Object.values(server.ports)[0]}`),
      fault: async (id, input) => {
        const response = await fetch(`${control}/faults/${id}`, {
          method: "PUT",
          body: JSON.stringify(input),
        });
        if (response.status !== 200) throw new Error(await response.text());
      },
      journal: async () => (await fetch(`${control}/journal`)).text(),
      close: server.close,
    };
  },
  "socket interceptor": patching((mock) => interceptSockets(mock).restore),
  msw: patching((mock) => {
    const server = setupServer(...mswHandlers(mock));
    server.listen();
    return () => server.close();
  }),
  nock: patching((mock) => {
    nock.activate();
    useNock(mock);
    return () => {
      nock.cleanAll();
      nock.restore();
    };
  }),
  host: async (definition, settings) => {
    const handlers = new Map<number, HttpHandler>();
    const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const host: Host = {
      name: "mock",
      env: { MOCK_SEED: "7", MOCK_SETTINGS: words.join(" ") },
      clock: createMockClock({ base: systemClock(), epochMs: EPOCH_MS, mode: { kind: "jump" } }),
      random: keyedRandom(1, "host"),
      log: () => {},
      serve: async (port, handler) => void handlers.set(port, handler),
      request: () => Promise.reject(new Error("a mock asks nobody")),
      database: () => {
        throw new Error("a mock needs no database");
      },
    };
    await mockService(definition)(host);
    const ask = async (port: number | undefined, method: string, path: string, headers = {}, body = "") => {
      const handler = handlers.get(port ?? -1);
      if (handler === undefined) throw new Error(`nothing serves ${port}`);
      return handler({ method, path, headers, body, from: "test" });
    };
    const port = [...handlers.keys()].find((it) => it !== definition.controlPort);
    return {
      ask: ({ method, path, headers, body }) =>
        ask(port, method, path, headers, body).catch((error: unknown) => {
          if (error instanceof ConnectionCut) return null;
          throw error;
        }) as Promise<Told>,
      fault: async (id, input) => {
        const { status, body } = await ask(
          definition.controlPort,
          "PUT",
          `/faults/${id}`,
          {},
          JSON.stringify(input),
        );
        if (status !== 200) throw new Error(body);
      },
      journal: async () => (await ask(definition.controlPort, "GET", "/journal")).body,
      close: () => {},
    };
  },
};

/** What one mount says to a list of requests under a fault, and what its journal holds then. */
export async function play(
  mount: string,
  definition: MockDefinition,
  asks: readonly Ask[],
  faults: Readonly<Record<string, object>> = {},
  settings: Record<string, string> = {},
): Promise<{ told: Told[]; journal: string }> {
  const mounted = await MOUNTS[mount]?.(definition, settings);
  if (mounted === undefined) throw new Error(`no mount ${mount}`);
  try {
    for (const [id, input] of Object.entries(faults)) await mounted.fault(id, input);
    const told: Told[] = [];
    for (const request of asks) told.push(await mounted.ask(request));
    return { told, journal: await mounted.journal() };
  } finally {
    await mounted.close();
  }
}
