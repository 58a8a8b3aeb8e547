import { z } from "zod";
import { DEFAULT_TTL_MS, direction, type KindDescription, networkLayers, noParams } from "./description.ts";

const lasting = { continuous: true, defaultTtlMs: DEFAULT_TTL_MS } as const;

/** Kinds that disturb the target's traffic, or only its name look-ups. */
export const networkKinds: readonly KindDescription[] = [
  {
    kind: "partition",
    effect: "packets between the target and its peers are dropped, on open connections too",
    layers: networkLayers,
    ...lasting,
    params: z.strictObject({ direction }),
  },
  {
    kind: "latency",
    effect: "what the target receives and sends arrives later, once for each direction",
    layers: networkLayers,
    ...lasting,
    /** Per direction and per piece of data, not per handshake; jitter is uniform in ±`jitterMs`. */
    params: z
      .strictObject({
        delayMs: z.number().positive().max(60_000).default(200),
        jitterMs: z.number().nonnegative().max(60_000).default(0),
        direction,
      })
      .refine((it) => it.jitterMs <= it.delayMs, { path: ["jitterMs"], message: "not more than delayMs" }),
  },
  {
    kind: "bandwidth",
    effect: "the target's connections carry only so many bytes a second",
    layers: networkLayers,
    ...lasting,
    /** Per direction, shared by all connections. The default, 64 KiB/s, makes a web page take seconds. */
    params: z.strictObject({
      bytesPerSecond: z.int().min(1_024).max(1_000_000_000).default(65_536),
      direction,
    }),
  },
  {
    kind: "dns-failure",
    effect: "the target's name look-ups get no answer; known addresses still work",
    layers: () => ["dns"],
    ...lasting,
    params: noParams,
  },
];
