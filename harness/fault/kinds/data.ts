import { z } from "zod";
import { DEFAULT_TTL_MS, type KindDescription } from "./description.ts";

/** The target dies and what it had written is gone. */
export const dataKinds: readonly KindDescription[] = [
  {
    kind: "data-loss",
    effect: "the target dies and its volume is emptied",
    layers: () => ["process", "data"],
    continuous: false,
    defaultTtlMs: DEFAULT_TTL_MS,
    /** `volume`: a name from the Compose file; default: the target's only volume. */
    params: z.strictObject({ volume: z.string().min(1).exactOptional() }),
  },
];
