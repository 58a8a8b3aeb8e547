import BitcoinCore from "bitcoin-core";
import type { ClockMode } from "../core/clock.ts";
import { FREE_PORTS, testMock } from "../core/echo.testkit.ts";
import type { RunningMock } from "../core/life.ts";
import { interceptSockets } from "../core/mount/socket.ts";
import { serveMock } from "../core/mount/standalone.ts";
import type { MockDefinition } from "../core/mock.ts";
import { bitcoinMock } from "./bitcoin.ts";

/** A mock with the ways to reach it. */
export interface Reached {
  readonly mock: RunningMock;
  /** Where JSON-RPC listens. */
  readonly port: number;
  /** Ports of the standalone mount by listener: `zmq-28332`. */
  readonly ports: Readonly<Record<string, number>>;
  close(): Promise<void> | void;
}

export interface ReachOptions {
  readonly mode?: ClockMode;
  readonly settings?: Record<string, string>;
  readonly definition?: MockDefinition;
}

/** The mounts that unmodified clients can meet, by name. */
export const REACH = {
  standalone: async (options: ReachOptions = {}): Promise<Reached> => {
    const mock = started(options);
    const server = await serveMock(mock, FREE_PORTS);
    return { mock, port: server.ports["rpc"] ?? 0, ports: server.ports, close: server.close };
  },
  "socket interceptor": async (options: ReachOptions = {}): Promise<Reached> => {
    const mock = started(options);
    const { restore } = interceptSockets(mock);
    const close = async () => {
      restore();
      // Pools must have seen their connections die.
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    return { mock, port: mock.built.listeners[0]?.port ?? 0, ports: {}, close };
  },
} as const;

function started({ mode = { kind: "jump" }, settings = {}, definition = bitcoinMock }: ReachOptions) {
  return testMock(definition, { mode, settings });
}

/** A call of the client; results as the client parses them. */
export type Call = (method: string, ...params: unknown[]) => Promise<any>;

/** The `bitcoin-core` client as anybody would make it. */
export function coreOf({ port }: Reached, options: Record<string, unknown> = {}): Call {
  const client = new BitcoinCore({
    host: `http://127.0.0.1:${port}`,
    username: "user",
    password: "password",
    ...options,
  });
  return (method, ...params) => client.command(method, ...params);
}

/** `-8: the message`, as the client reports it; null: no error. */
export async function errorOf(promise: Promise<unknown>): Promise<string | null> {
  try {
    await promise;
    return null;
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    return `${String(code)}: ${message}`;
  }
}

/** A valid address of regtest that belongs to nobody. */
export const ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
