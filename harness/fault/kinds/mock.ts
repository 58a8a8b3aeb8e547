import { z } from "zod";
import { DEFAULT_TTL_MS, type KindDescription } from "./description.ts";

const jsonRecord = z.record(z.string(), z.json());

/** What a mock does to its own clients. Which faults there are says the mock; see fault/mock/. */
export const mockKinds: readonly KindDescription[] = [
  {
    kind: "mock",
    effect:
      "the mock answers as its real counterpart does on a bad day: rate limits, stalled chains, cut streams",
    layers: () => ["answers"],
    continuous: true,
    defaultTtlMs: DEFAULT_TTL_MS,
    /** As PUT /faults/{id} of a mock's control port takes it (mocks/core/README.md); its `duration` is the fault's TTL. */
    params: z.strictObject({
      fault: z.string().min(1),
      params: jsonRecord.exactOptional(),
      when: jsonRecord
        .refine(
          (when) => !("atTime" in when),
          "no atTime: a rehearsal begins a fault with `after` and `delay`",
        )
        .exactOptional(),
      count: z.int().positive().exactOptional(),
      scope: z.record(z.string(), z.string()).exactOptional(),
      seed: z.int().nonnegative().exactOptional(),
    }),
  },
];
