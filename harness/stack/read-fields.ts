import type { z } from "zod";
import { suggest } from "../suggest.ts";
import { show, type Spot } from "./yaml-source.ts";

/** What a schema's error says of fields it does not know. */
export interface KnownFields {
  /** What the fields belong to, e.g. `x-firedrill`. */
  readonly what: string;
  /** The fields of each mapping, by its path; `*` stands for a name or number, "" for the top. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

/**
 * Checks a value against its schema; absent is `{}`.
 * @throws USAGE_STACK with the place of the first wrong field and, for an unknown one, what was probably meant.
 */
export function readFields<T>(spot: Spot, schema: z.ZodType<T>, known: KnownFields): T {
  const result = schema.safeParse(spot.value ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.map(String) ?? [];
  const wrong = path.reduce((at, key) => at.at(key), spot);
  if (issue?.code === "unrecognized_keys") {
    const field = issue.keys[0] ?? "";
    const fields = fieldsAt(known, path);
    return wrong.at(field).fail(`${known.what} has no field "${field}"`, {
      received: field,
      expected: `one of ${fields.join(", ")}`,
      hint: suggest(field, fields, (meant) => `did you mean "${meant}"?`),
    });
  }
  return wrong.fail(`${wrong.path.join(".") || known.what} is not right`, {
    received: show(wrong.value),
    expected: issue?.message ?? "another value",
  });
}

function fieldsAt(known: KnownFields, path: readonly string[]): readonly string[] {
  const matching = Object.entries(known.fields).find(([pattern]) => {
    const parts = pattern === "" ? [] : pattern.split(".");
    return parts.length === path.length && parts.every((part, index) => part === "*" || part === path[index]);
  });
  return matching?.[1] ?? [];
}
