import { z } from "zod";

const text = z.string();
const count = z.int().nonnegative();
const verdict = z.enum(["pass", "fail", "inconclusive"]);
const controlKind = z.enum(["placebo", "no-runbook"]);

const trialVerdict = z.strictObject({
  trial: count,
  verdict,
  reason: z
    .enum([
      "not-run",
      "no-data",
      "too-few-operations",
      "interrupted",
      "harness-error",
      "not-steady-before",
      "fault-not-observed",
      "awaiting-human",
    ])
    .nullable()
    .describe("Why there is no verdict; null when there is one."),
  claim: text.describe("One sentence with its numbers."),
  samples: count,
  measuredMs: z.number().nullable(),
  evidence: z.array(count).max(20).describe("Sequence numbers of the deciding events in events.jsonl."),
});

const criterion = z.strictObject({
  id: text,
  kind: z.enum([
    "recovery",
    "detection",
    "continuity",
    "threshold",
    "no-acknowledged-loss",
    "unique-ids",
    "one-leader",
    "check",
    "runbook",
  ]),
  title: text.describe("What is demanded."),
  verdict: verdict.describe("The worst of the trials: fail, then inconclusive, then pass."),
  claim: text,
  trials: z.array(trialVerdict),
});

/** What `gate.json` holds: the whole verdict and all that identifies the run. */
export const gateSchema = z
  .strictObject({
    schema: z.literal(1),
    runId: text,
    scenario: z.strictObject({ name: text, title: text }),
    tier: z.enum(["sim", "compose", "k3d"]),
    seed: z.number(),
    trials: count.describe("Planned trials; counts.trials tells how many were judged."),
    plannedControl: z.enum(["none", "placebo", "no-runbook"]).describe("Which control was asked for."),
    startedAt: text.describe("Wall clock, ISO 8601; only a label. Durations are monotonic."),
    environment: z.json(),
    planDigest: text,
    stackDigest: text,
    runbookDigest: text.nullable(),
    decision: z.enum(["go", "no-go", "hold"]),
    reason: text,
    criteria: z.array(criterion),
    control: z
      .strictObject({ kind: controlKind, finding: text })
      .nullable()
      .describe("What a control run showed."),
    hygiene: z
      .strictObject({ clean: z.boolean(), findings: z.array(text) })
      .describe("Beside the verdict, never in it: leaks, failed undo, attempts to reach outside."),
    counts: z.strictObject({
      trials: count,
      faultsConfirmed: count,
      probeSamples: count,
      operationsOk: count,
      operationsFailed: count,
      operationsUnknown: count,
    }),
    substitutions: z
      .array(
        z.strictObject({ image: text, use: text, how: z.enum(["present", "pulled", "built"]), why: text }),
      )
      .describe("Images that stand in for the ones the stack names."),
    approximations: z
      .record(text, text)
      .describe("Fault kinds the tier shows only approximately: kind to reason."),
    profileNotes: z.array(text).describe("Where the constants of a modelled platform come from."),
    replay: text.describe("The command that runs the same again."),
  })
  .meta({ title: "Firedrill gate", description: "The verdict of one run, decided from its events.jsonl." });

export type GateJson = z.infer<typeof gateSchema>;

/** The published JSON Schema (draft 2020-12) of `gate.json`; `gate.schema.json` holds the same. */
export function gateJsonSchema(): object {
  return z.toJSONSchema(gateSchema);
}
