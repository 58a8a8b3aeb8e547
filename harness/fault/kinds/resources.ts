import { z } from "zod";
import { DEFAULT_TTL_MS, type KindDescription } from "./description.ts";

/** Below this a Node process thrashes for many seconds before the kernel gives up on it (measured). */
export const MIN_MEMORY_LIMIT_BYTES = 64 * 1024 * 1024;

/** Kinds that use up memory, CPU time or disk space. */
export const resourceKinds: readonly KindDescription[] = [
  {
    kind: "memory-pressure",
    effect: "memory that belongs to no process fills the target's limit until the kernel kills the service",
    layers: () => ["memory"],
    continuous: false,
    defaultTtlMs: DEFAULT_TTL_MS,
    /** `limitBytes`: the memory limit while it lasts; default: what the target uses now and 48 MiB more. */
    params: z.strictObject({ limitBytes: z.int().min(MIN_MEMORY_LIMIT_BYTES).exactOptional() }),
  },
  {
    kind: "cpu-stress",
    effect: "busy loops in the target's own control group compete with it for CPU time",
    layers: () => ["cpu"],
    continuous: true,
    defaultTtlMs: DEFAULT_TTL_MS,
    /** `cores`: how many busy loops. */
    params: z.strictObject({ cores: z.int().min(1).max(64).default(1) }),
  },
  {
    kind: "disk-full",
    effect: "a bounded mount of the target is filled to its last block",
    layers: () => ["disk"],
    continuous: true,
    defaultTtlMs: DEFAULT_TTL_MS,
    /** `path`: an absolute path in the target that is a mount of its own; default: where its only volume is mounted. */
    params: z.strictObject({
      path: z
        .string()
        .regex(/^\/[^\0'"\\]*$/, "an absolute path without quotes")
        .exactOptional(),
    }),
  },
];
