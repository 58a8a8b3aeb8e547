import { z } from "zod";
import type { GatewayCounters } from "./gateway.ts";

const counters = z.object({
  names: z.record(z.string(), z.number()),
  connections: z.record(z.string(), z.number()),
});

/** What the gateway's sink has seen since it started. Fails when the gateway is away. */
export async function readCounters(gateway: { readonly controlPort: number }): Promise<GatewayCounters> {
  const response = await fetch(`http://127.0.0.1:${gateway.controlPort}/counters`, {
    headers: { connection: "close" },
    signal: AbortSignal.timeout(5_000),
  });
  return counters.parse(await response.json());
}
