import { ApiPromise, Keyring, WsProvider } from "@polkadot/api";
import type { ApiOptions } from "@polkadot/api/types";
import { createClient } from "polkadot-api";
import type { PolkadotClient } from "polkadot-api";
import { getWsProvider } from "polkadot-api/ws";
import { vi } from "vitest";
import type { RunningMock } from "../core/life.ts";
import { reachBySockets } from "../core/reach.testkit.ts";
import type { Reach, ReachedBy } from "../core/reach.testkit.ts";
import { subtensorMock } from "./subtensor.ts";

/** Its clock stands still: `block(mock)` makes the next block. */
const reach: Reach<{ readonly url: string }> = {
  definition: subtensorMock,
  mode: { kind: "frozen" },
  where: (ports) => ({
    url: ports === null ? "wss://entrypoint-finney.opentensor.ai:443" : `ws://127.0.0.1:${ports["rpc"]}`,
  }),
};

/** The mounts that unmodified clients can meet, by name. */
export const REACH = reachBySockets(reach);
export type Reached = ReachedBy<typeof REACH>;

/** The next blocks: 12 seconds pass for each. */
export async function block({ clock }: RunningMock, count = 1): Promise<void> {
  for (let at = 0; at < count; at++) await clock.advance(12_000);
}

export async function polkadotJs(url: string): Promise<ApiPromise> {
  // Its own types disagree with each other about optional fields.
  const provider = new WsProvider(url, 50) as unknown as NonNullable<ApiOptions["provider"]>;
  return ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true });
}

export function papi(url: string): PolkadotClient {
  return createClient(getWsProvider(url));
}

/** A development account that polkadot.js signs with: `//Alice`. */
export function signer(uri: string) {
  return new Keyring({ type: "sr25519" }).addFromUri(uri);
}

/** Waits for a condition that throws until it holds. */
export async function eventually<T>(condition: () => T | Promise<T>, timeout = 15_000): Promise<T> {
  return vi.waitFor(condition, { timeout, interval: 5 });
}

/** A bare JSON-RPC call over HTTP. */
export async function call(url: string, method: string, params: readonly unknown[] = []) {
  const response = await fetch(url.replace(/^ws/, "http"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  return (await response.json()) as {
    // oxlint-disable-next-line typescript/no-explicit-any -- whatever the method gives
    readonly result?: any;
    readonly error?: { readonly code: number; readonly message: string; readonly data?: string };
  };
}
