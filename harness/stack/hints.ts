import { z } from "zod";
import { MOCK_NAMES } from "../../mocks/registry.ts";
import { readFields } from "./read-fields.ts";
import type { DynamicRole } from "./spec.ts";
import type { Spot } from "./yaml-source.ts";

/** A role, a place, a name that faults and criteria use. */
export const word = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]*$/i, "must be a word of letters, digits, dots and dashes");

/** `x-firedrill` on a service. */
const serviceHints = z.strictObject({
  role: word.optional(),
  node: word.optional(),
  model: z.string().min(1).optional(),
  mock: z.enum(MOCK_NAMES).optional(),
});

/** Roles that are asked for, by name. */
export const dynamicRoles = z.record(
  word,
  z.strictObject({
    among: word,
    port: z.int().min(1).max(65_535),
    path: z.string().startsWith("/", 'must start with "/"'),
    where: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .refine((where) => Object.keys(where).length > 0, "must name at least one field of the answer"),
  }),
);

/** The fields of one dynamic role. */
export const DYNAMIC_ROLE_FIELDS = ["among", "port", "path", "where"] as const;

/** `x-firedrill` at the top level. */
const stackHints = z.strictObject({ roles: dynamicRoles.optional() });

/** What the harness wants to know of a service beyond Compose; see ServiceSpec for the meaning. */
export type ServiceHints = z.infer<typeof serviceHints>;

/** @throws USAGE_STACK with the place of the first wrong field and, for an unknown one, what was probably meant. */
export function readServiceHints(spot: Spot): ServiceHints {
  return readFields(spot, serviceHints, {
    what: "x-firedrill",
    fields: { "": ["role", "node", "model", "mock"] },
  });
}

/** The stack's dynamic roles by name. @throws USAGE_STACK as above. */
export function readDynamicRoles(spot: Spot): Record<string, DynamicRole> {
  const fields = { "": ["roles"], "roles.*": DYNAMIC_ROLE_FIELDS };
  return readFields(spot, stackHints, { what: "x-firedrill", fields }).roles ?? {};
}
