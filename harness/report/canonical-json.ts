import { FiredrillError } from "../error.ts";

/**
 * JSON with one spelling per value, so that equal content has an equal digest: keys in byte order,
 * two spaces, a final newline. Fields that are `undefined` are left out.
 * @throws BUG for what JSON cannot hold: NaN, infinities, functions, cycles deeper than 100 levels.
 */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(canonical(value, "$", 0), null, 2)}\n`;
}

const MAX_DEPTH = 100;

function canonical(value: unknown, path: string, depth: number): unknown {
  if (depth > MAX_DEPTH) throw notJson(path, `nesting deeper than ${MAX_DEPTH}`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw notJson(path, String(value));
    return Object.is(value, -0) ? 0 : value;
  }
  if (Array.isArray(value))
    return value.map((item, index) => canonical(item, `${path}[${index}]`, depth + 1));
  if (typeof value === "object") {
    // A null prototype keeps a key named `__proto__` an ordinary key.
    const sorted: Record<string, unknown> = Object.create(null);
    const entries = Object.entries(value).filter(([, field]) => field !== undefined);
    for (const [key, field] of entries.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      sorted[key] = canonical(field, `${path}.${key}`, depth + 1);
    }
    return sorted;
  }
  throw notJson(path, typeof value);
}

function notJson(path: string, received: string): FiredrillError {
  return new FiredrillError("BUG", `${path} is no JSON value`, {
    received,
    expected: "null, a boolean, a finite number, text, an array or an object",
  });
}
