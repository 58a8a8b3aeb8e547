import { DEPRECATED } from "./field.ts";
import type { Field, SmiContext } from "./field.ts";
import type { SmiResult } from "./result.ts";
import { bad, done } from "./result.ts";

/** What `--format` says. */
export interface CsvFormat {
  readonly header: boolean;
  readonly units: boolean;
}

/** `csv,noheader,nounits` in any order. Null: no such format. */
export function parseFormat(text: string): CsvFormat | null {
  const words = text.split(",").map((word) => word.trim());
  if (!words.includes("csv")) return null;
  if (words.some((word) => !["csv", "noheader", "nounits"].includes(word))) return null;
  return { header: !words.includes("noheader"), units: !words.includes("nounits") };
}

/** The fields by name or alias, or the complaint about the first that there is not. */
export function chooseFields<Row>(
  names: string,
  known: readonly Field<Row>[],
): readonly Field<Row>[] | SmiResult {
  const chosen: Field<Row>[] = [];
  for (const name of names.split(",").map((it) => it.trim())) {
    const found = known.find((it) => it.name === name || it.aliases.includes(name));
    if (found === undefined) return bad(`Field "${name}" is not a valid field to query.\n\n`);
    chosen.push(found);
  }
  return chosen;
}

/** Rows of fields: comma and one space between them. `lost` says of which rows only the remembered fields are known. */
export function csv<Row>(
  fields: readonly Field<Row>[],
  rows: readonly Row[],
  { header, units }: CsvFormat,
  context: SmiContext,
  lost: (row: Row) => boolean = () => false,
): string {
  const head = fields.map(({ name, unit }) => (units && unit !== null ? `${name} [${unit}]` : name));
  const cell = (it: Field<Row>, row: Row) => {
    if (lost(row) && !it.remembered) return "[GPU is lost]";
    const value = it.value(row, context);
    if (value === null) return "[N/A]";
    if (value === DEPRECATED) return value;
    return units && it.unit !== null ? `${value} ${it.unit}` : String(value);
  };
  const lines = rows.map((row) => fields.map((it) => cell(it, row)));
  return [...(header ? [head] : []), ...lines].map((line) => `${line.join(", ")}\n`).join("");
}

type Explained = Pick<Field, "name" | "aliases" | "help">;

/** `--help-query-gpu` and its sisters: every name with its aliases and what it is. */
export function fieldHelp(what: string, fields: readonly Explained[]): SmiResult {
  const entries = fields.map(({ name, aliases, help }) => {
    const names = [name, ...aliases].map((it) => `"${it}"`).join(" or ");
    return `${names}\n${help.charAt(0).toUpperCase()}${help.slice(1)}.\n`;
  });
  return done(
    `List of valid properties to query for the switch "--query-${what}":\n\n${entries.join("\n")}\n`,
  );
}
