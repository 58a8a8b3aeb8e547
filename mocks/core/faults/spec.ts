import { z } from "zod";
import { FiredrillError } from "../../../harness/error.ts";
import { suggest } from "../../../harness/suggest.ts";
import { parseDurationMs } from "../../../harness/time/duration.ts";
import type { FaultKinds } from "./kind.ts";

/** `"20s"` or a number of milliseconds, as milliseconds. */
const duration = z.union([z.number().nonnegative(), z.string()]).transform((value) => parseDurationMs(value));

const pattern = z.string().transform((source, context) => {
  try {
    return new RegExp(source);
  } catch {
    context.addIssue({ code: "custom", message: `${source} is no regular expression` });
    return z.NEVER;
  }
});

/** When a fault hits. All conditions that are given must hold. */
const whenSchema = z.strictObject({
  /** Spares this many matching subjects first. */
  afterRequests: z.int().nonnegative().optional(),
  /** From this time of the mock on. */
  atTime: duration.optional(),
  /** Hits each matching subject with this chance, drawn from the fault's own stream. */
  probability: z.number().min(0).max(1).optional(),
  match: z
    .strictObject({
      method: z.string().optional(),
      path: pattern.optional(),
      header: z.record(z.string(), pattern).optional(),
      body: pattern.optional(),
    })
    .optional(),
  /** From `from` on for `for`, again every `every`; counted from the PUT. */
  window: z.strictObject({ from: duration, for: duration, every: duration.optional() }).optional(),
});

const specSchema = z.strictObject({
  kind: z.string(),
  params: z.record(z.string(), z.unknown()).default({}),
  when: whenSchema.default({}),
  /** At most so many hits. */
  count: z.int().positive().optional(),
  /** Over so long after it was put (or after `atTime`). */
  duration: duration.optional(),
  seed: z.int().nonnegative().default(0),
  /** Only subjects with these labels. */
  scope: z.record(z.string(), z.string()).default({}),
});

/** What PUT /faults/{id} takes, parsed. */
export type FaultSpec = z.output<typeof specSchema>;
/** The same as a person writes it. */
export type FaultInput = z.input<typeof specSchema>;

/** @throws USAGE_FAULT for an unknown kind, field or value. */
export function parseFault(input: unknown, kinds: FaultKinds): FaultSpec {
  const spec = check(specSchema, input, "the fault");
  const kind = kinds[spec.kind];
  if (kind === undefined) {
    throw new FiredrillError("USAGE_FAULT", "this mock has no such fault", {
      received: spec.kind,
      expected: Object.keys(kinds).join(", "),
      hint: suggest(spec.kind, Object.keys(kinds)),
    });
  }
  return { ...spec, params: check(kind.params, spec.params, `the parameters of ${spec.kind}`) };
}

function check<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new FiredrillError("USAGE_FAULT", `${what} can't be read`, {
    received: JSON.stringify(input)?.slice(0, 200) ?? "nothing",
    expected: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "),
  });
}
