import { z } from "zod";
import { suggest } from "../suggest.ts";
import { show, type Spot } from "./compose-source.ts";
import type { DynamicRole } from "./spec.ts";

const word = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]*$/i, "must be a word of letters, digits, dots and dashes");

/** `x-firedrill` on a service. */
const serviceHints = z.strictObject({
  role: word.optional(),
  node: word.optional(),
  model: z.string().min(1).optional(),
});

/** `x-firedrill` at the top level. */
const stackHints = z.strictObject({
  roles: z
    .record(
      word,
      z.strictObject({
        among: word,
        port: z.int().min(1).max(65_535),
        path: z.string().startsWith("/", 'must start with "/"'),
        where: z
          .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
          .refine((where) => Object.keys(where).length > 0, "must name at least one field of the answer"),
      }),
    )
    .optional(),
});

/** What the harness wants to know of a service beyond Compose; see ServiceSpec for the meaning. */
export type ServiceHints = z.infer<typeof serviceHints>;

/** @throws USAGE_STACK with the place of the first wrong field and, for an unknown one, what was probably meant. */
export function readServiceHints(spot: Spot): ServiceHints {
  return parse(spot, serviceHints, { "": ["role", "node", "model"] });
}

/** The stack's dynamic roles by name. @throws USAGE_STACK as above. */
export function readDynamicRoles(spot: Spot): Record<string, DynamicRole> {
  const known = { "": ["roles"], "roles.*": ["among", "port", "path", "where"] };
  return parse(spot, stackHints, known).roles ?? {};
}

function parse<T>(spot: Spot, schema: z.ZodType<T>, known: Readonly<Record<string, readonly string[]>>): T {
  const result = schema.safeParse(spot.value ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.map(String) ?? [];
  const wrong = path.reduce((at, key) => at.at(key), spot);
  if (issue?.code === "unrecognized_keys") {
    const field = issue.keys[0] ?? "";
    const fields = known[path.length === 0 ? "" : "roles.*"] ?? [];
    return wrong.at(field).fail(`x-firedrill has no field "${field}"`, {
      received: field,
      expected: `one of ${fields.join(", ")}`,
      hint: suggest(field, fields, (meant) => `did you mean "${meant}"?`),
    });
  }
  return wrong.fail(`${wrong.path.join(".")} is not right`, {
    received: show(wrong.value),
    expected: issue?.message ?? "another value",
  });
}
