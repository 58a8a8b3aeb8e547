/** Deeper than any schema that a provider accepts (OpenAI allows 10 levels). */
const MAX_DEPTH = 12;

type Schema = Readonly<Record<string, unknown>>;

/** The plainest value that a JSON schema admits: what a model forced into the schema could say. */
export function instanceOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (depth > MAX_DEPTH || typeof schema !== "object" || schema === null) return null;
  const { $ref, enum: choices, const: fixed, anyOf, oneOf, allOf, type } = schema as Schema;
  if (typeof $ref === "string") return instanceOf(lookUp($ref, root), root, depth + 1);
  if (fixed !== undefined) return fixed;
  if (Array.isArray(choices)) return choices[0];
  for (const options of [anyOf, oneOf, allOf])
    if (Array.isArray(options)) return instanceOf(options[0], root, depth + 1);
  switch (Array.isArray(type) ? type[0] : type) {
    case "string":
      return "text";
    case "integer":
    case "number":
      return typeof (schema as Schema)["minimum"] === "number" ? (schema as Schema)["minimum"] : 1;
    case "boolean":
      return true;
    case "array":
      return [instanceOf((schema as Schema)["items"], root, depth + 1)];
    case "null":
      return null;
    default:
      return objectOf(schema as Schema, root, depth);
  }
}

function objectOf({ properties }: Schema, root: unknown, depth: number): Record<string, unknown> {
  const fields = Object.entries(typeof properties === "object" && properties !== null ? properties : {});
  return Object.fromEntries(fields.map(([name, field]) => [name, instanceOf(field, root, depth + 1)]));
}

/** `#/$defs/Name` */
function lookUp(ref: string, root: unknown): unknown {
  let at: unknown = root;
  for (const part of ref.split("/").slice(1))
    at = typeof at === "object" && at !== null ? (at as Schema)[part] : undefined;
  return at;
}
