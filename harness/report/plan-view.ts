import { z } from "zod";
import { FiredrillError } from "../error.ts";

const text = z.string();
const ms = z.number();

/** The criteria with a time limit that the chart draws; the others pass with their id and kind. */
const criterionSchema = z.union([
  z.object({
    id: text,
    kind: z.literal("recovery"),
    probe: text,
    withinMs: ms,
    holdMs: ms,
    fault: text.nullable(),
  }),
  z.object({ id: text, kind: z.literal("detection"), probe: text, withinMs: ms, fault: text.nullable() }),
  z.object({ id: text, kind: z.literal("continuity"), of: text, maxGapMs: ms }),
  z.object({
    id: text,
    kind: z.enum(["threshold", "no-acknowledged-loss", "unique-ids", "one-leader", "check", "runbook"]),
  }),
]);

const planSchema = z.object({
  scenario: z.object({
    name: text,
    title: text,
    file: text,
    // A probe that calls a function has no address.
    probes: z.array(z.object({ id: text, url: text.default("a function"), everyMs: ms })),
    workloads: z.array(z.object({ id: text, url: text, everyMs: ms })),
    faults: z.array(z.object({ id: text, kind: text, on: text })),
    runbook: z.object({ onProbe: text, reactionMs: ms }).nullable(),
    criteria: z.array(criterionSchema),
    kubernetesTimes: z.enum(["production", "fast"]).default("production"),
  }),
  stackDigest: text,
  runbookDigest: text.nullable(),
  tier: z.enum(["sim", "compose", "k3d"]),
  control: z.enum(["none", "placebo", "no-runbook"]),
  seed: z.number(),
  trials: z.int(),
  approximations: z.record(text, text),
});

/** The part of a stored plan that reports read; unknown fields of newer plans are left out. */
export type PlanView = z.infer<typeof planSchema>;
export type CriterionView = PlanView["scenario"]["criteria"][number];

/** @throws RUN_EVENTS when the plan in the log is not one this version can read. */
export function readPlan(plan: unknown): PlanView {
  const parsed = planSchema.safeParse(plan);
  if (parsed.success) return parsed.data;
  throw new FiredrillError("RUN_EVENTS", "the plan in events.jsonl cannot be read", {
    received: z.prettifyError(parsed.error),
    expected: "the plan that `run.planned` carries, schema 1",
    hint: "report it with the Firedrill version that made the run",
    cause: parsed.error,
  });
}
