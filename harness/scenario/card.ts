import { z } from "zod";
import { FAULT_KINDS } from "../fault/kinds.ts";
import type { ProbeCall } from "./definition.ts";

/** What a person may write in a scenario: the shape of the card, before defaults and names are filled in. */
const duration = z.union([
  z.number().nonnegative(),
  z.string().regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'a duration such as "500ms", "20s", "2m"'),
]);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const url = z
  .string()
  .regex(
    /^http:\/\/[a-z0-9][a-z0-9_.-]*(:\d+)?(\/.*)?$/i,
    'a URL by service name, such as "http://load-balancer:8080/healthz"',
  );

const schedule = { every: duration.default("1s"), timeout: duration.default("2s") };
export const httpProbeCard = z.strictObject({
  kind: z.literal("http"),
  url,
  ...schedule,
  status: z.int().min(100).max(599).default(200),
  json: z.record(z.string(), z.union([scalar, z.strictObject({ min: z.number() })])).default({}),
});

const isFunction = (value: unknown) => typeof value === "function";
export const callProbeCard = z.strictObject({
  kind: z.literal("call"),
  call: z.custom<ProbeCall>(isFunction, "an async function"),
  ...schedule,
});
export const probeCard = z.discriminatedUnion("kind", [httpProbeCard, callProbeCard]);

export const workloadCard = z.strictObject({
  url,
  every: duration.default("200ms"),
  timeout: duration.default("5s"),
  body: z.record(z.string(), scalar).default({}),
  readBack: url,
});

export const faultCard = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  on: z.string().min(1),
  id: z
    .string()
    .regex(/^[a-z0-9-]+$/, "lower case, digits and dashes")
    .optional(),
  pick: z.enum(["one", "any", "all"]).default("one"),
  from: z.string().min(1).nullable().default(null),
  after: z.union([z.literal("baseline"), z.templateLiteral(["fault:", z.string()])]).default("baseline"),
  delay: duration.default(0),
  duration: duration.nullable().default(null),
  ttl: duration.default("10m"),
  params: z.record(z.string(), z.unknown()).default({}),
});

export const runbookCard = z.strictObject({
  file: z.string().min(1),
  startsOn: z.string().min(1),
  after: z.templateLiteral(["fault:", z.string()]).nullable().default(null),
  reaction: duration.default("3s"),
});

const fault = z.string().min(1).nullable().default(null);
const minOps = z.int().positive().default(10);
export const criterionCard = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("recovery"),
    probe: z.string(),
    within: duration,
    hold: duration.default("5s"),
    fault,
  }),
  z.strictObject({ kind: z.literal("detection"), probe: z.string(), within: duration, fault }),
  z.strictObject({ kind: z.literal("continuity"), of: z.string(), maxGap: duration }),
  z.strictObject({
    kind: z.literal("threshold"),
    of: z.string(),
    metric: z.string(),
    atMost: z.number().optional(),
    atLeast: z.number().optional(),
    quantile: z.number().gt(0).max(1).default(1),
    sustainedFor: duration.default(0),
  }),
  z.strictObject({
    kind: z.literal("no-acknowledged-loss"),
    workload: z.string(),
    rpo: duration.default(0),
    minOps,
  }),
  z.strictObject({ kind: z.literal("unique-ids"), workload: z.string(), minOps }),
  z.strictObject({ kind: z.literal("one-leader"), workload: z.string(), minOps }),
  z.strictObject({
    kind: z.literal("check"),
    title: z.string(),
    command: z.string().min(1),
    timeout: duration.default("30s"),
  }),
]);

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, "a name: letters, digits and dashes");
export const scenarioCard = z.strictObject({
  title: z.string().min(1),
  stack: z.string().min(1),
  probes: z.record(name, probeCard).refine((probes) => Object.keys(probes).length > 0, "at least one probe"),
  workload: z.record(name, workloadCard).default({}),
  faults: z.array(faultCard).default([]),
  runbook: runbookCard.nullable().default(null),
  criteria: z.record(name, criterionCard).default({}),
  baseline: duration.default("5s"),
  settle: duration.default("3s"),
  max: duration.default("10m"),
  kubernetesTimes: z.enum(["production", "fast"]).default("production"),
});

/** The card as a person writes it. */
export type ScenarioCard = z.input<typeof scenarioCard>;
export type CheckedCard = z.output<typeof scenarioCard>;
