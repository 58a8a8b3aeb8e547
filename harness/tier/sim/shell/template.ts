import { Unsupported } from "./unsupported.ts";

/**
 * A Go template as `--format` takes it, as far as `{{.Path.To.Field}}` goes.
 * @throws Unsupported for anything else between braces, and for fields that the model does not have.
 */
export function renderTemplate(
  command: string,
  template: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  const text = template.replaceAll("\\n", "\n").replaceAll("\\t", "\t");
  return text.replace(/\{\{(.*?)\}\}/g, (whole, inner: string) => {
    const path = /^\s*(json\s+)?((?:\.[A-Za-z]+)+)\s*$/.exec(inner);
    const value = path === null ? undefined : lookUp(fields, (path[2] ?? "").slice(1).split("."));
    if (value === undefined) throw new Unsupported(`${command} --format '${whole}'`);
    return path?.[1] || typeof value === "object" ? JSON.stringify(value) : String(value);
  });
}

function lookUp(fields: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    fields,
  );
}
