import { z } from "zod";
import type { CriterionSpec } from "./spec.ts";

const id = z.string().min(1);
const ms = z.number().nonnegative();
const minOps = z.int().nonnegative();

/** Criteria as they come back from a stored plan. */
export const criterionSpecSchema = z.discriminatedUnion("kind", [
  z.object({ id, kind: z.literal("recovery"), probe: id, withinMs: ms, holdMs: ms, fault: id.nullable() }),
  z.object({ id, kind: z.literal("detection"), probe: id, withinMs: ms, fault: id.nullable() }),
  z.object({ id, kind: z.literal("continuity"), of: id, maxGapMs: ms }),
  z.object({
    id,
    kind: z.literal("threshold"),
    of: id,
    metric: id,
    quantile: z.number().gt(0).max(1),
    limit: z.number(),
    direction: z.enum(["at-most", "at-least"]),
    sustainedMs: ms,
  }),
  z.object({ id, kind: z.literal("no-acknowledged-loss"), workload: id, rpoMs: ms, minOps }),
  z.object({ id, kind: z.literal("unique-ids"), workload: id, minOps }),
  z.object({ id, kind: z.literal("one-leader"), workload: id, minOps }),
  z.object({ id, kind: z.literal("check"), title: z.string(), command: z.string(), timeoutMs: ms }),
  z.object({ id, kind: z.literal("runbook"), runbook: id }),
]) satisfies z.ZodType<CriterionSpec>;
