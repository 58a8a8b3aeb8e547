import BitcoinCore from "bitcoin-core";
import { reachBySockets } from "../core/reach.testkit.ts";
import type { Reach, ReachedBy } from "../core/reach.testkit.ts";
import { bitcoinMock } from "./bitcoin.ts";

const reach: Reach<{
  /** Where JSON-RPC listens. */
  readonly port: number;
  /** Ports of the standalone mount by listener: `zmq-28332`. */
  readonly ports: Readonly<Record<string, number>>;
}> = {
  definition: bitcoinMock,
  mode: { kind: "jump" },
  where: (ports, mock) => ({
    port: ports?.["rpc"] ?? mock.built.listeners[0]?.port ?? 0,
    ports: ports ?? {},
  }),
};

/** The mounts that unmodified clients can meet, by name. */
export const REACH = reachBySockets(reach);
export type Reached = ReachedBy<typeof REACH>;

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
