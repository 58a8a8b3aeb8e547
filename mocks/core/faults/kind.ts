import type { z } from "zod";

/** What one kind of fault is and takes. */
export interface FaultKind {
  /** What a client sees, one line. */
  readonly effect: string;
  /** Parameters with defaults. */
  readonly params: z.ZodType<Record<string, unknown>>;
}

/** By name: `rate.bucket`. */
export type FaultKinds = Readonly<Record<string, FaultKind>>;
