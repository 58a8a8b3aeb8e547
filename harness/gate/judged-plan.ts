import { z } from "zod";
import { criterionSpecSchema } from "../criterion/spec-schema.ts";
import type { FiredrillEvent } from "../events/vocabulary.ts";

/** More trials than anyone runs; a damaged plan must not make the judge count to infinity. */
const MAX_TRIALS = 100_000;

const id = z.string().min(1);
const ms = z.number().nonnegative();

/** What the judge needs of a plan; everything else in it is left unread. */
const judgedPlanSchema = z.object({
  control: z.enum(["none", "placebo", "no-runbook"]),
  /** Plans of before there were several tiers name none. */
  tier: z.string().default("sim"),
  trials: z.int().nonnegative().max(MAX_TRIALS),
  scenario: z.object({
    probes: z.array(z.object({ id, everyMs: ms, timeoutMs: ms })),
    workloads: z.array(z.object({ id })),
    faults: z.array(z.object({ id, kind: z.string().default(""), durationMs: ms.nullable().default(null) })),
    runbook: z.object({ onProbe: id }).nullable(),
    criteria: z.array(criterionSpecSchema),
    kubernetesTimes: z.enum(["production", "fast"]).default("production"),
  }),
});

export type JudgedPlan = z.infer<typeof judgedPlanSchema>;

export type PlanReading =
  { readonly plan: JudgedPlan; readonly problem: null } | { readonly plan: null; readonly problem: string };

/** Reads the plan that a run was started with from its events, or says why that can't be done. */
export function readPlan(events: readonly FiredrillEvent[]): PlanReading {
  const planned = events.find((event) => event.kind === "run.planned");
  if (!planned)
    return { plan: null, problem: "the events hold no plan, so nothing is known of what was demanded" };
  const parsed = judgedPlanSchema.safeParse(planned.plan);
  if (parsed.success) return { plan: parsed.data, problem: null };
  const [issue] = parsed.error.issues;
  const where = issue ? `${issue.path.join(".") || "plan"}: ${issue.message}` : "it is no plan";
  return { plan: null, problem: `the plan in the events can't be read (${where})` };
}
