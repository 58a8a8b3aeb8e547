import type { GpuReading } from "../machine/reading.ts";
import type { GpuSettings } from "../settings.ts";

/** What nvidia-smi knows beside the GPU: the machine and the moment. */
export interface SmiContext {
  readonly settings: GpuSettings;
  readonly count: number;
  /** `2026/01/01 00:00:00.000` */
  readonly timestamp: string;
}

/** A timestamp as C's asctime writes it: `Fri Jul  3 22:11:09 2026`. */
export function longTime(timestamp: string): string {
  const at = new Date(`${timestamp.slice(0, 19).replaceAll("/", "-").replace(" ", "T")}Z`);
  const [weekday, , month] = at.toUTCString().replace(",", "").split(" ");
  return `${weekday} ${month} ${String(at.getUTCDate()).padStart(2)} ${timestamp.slice(11, 19)} ${at.getUTCFullYear()}`;
}

/** One name that `--query-gpu` and its sisters understand. */
export interface Field<Row = GpuReading> {
  /** As the header prints it. */
  readonly name: string;
  /** Other names for the same. */
  readonly aliases: readonly string[];
  /** Printed in the header in brackets and after every number, unless `nounits`. */
  readonly unit: "MiB" | "%" | "W" | "MHz" | "us" | "ms" | null;
  /** What it is, for `--help-query-…`. */
  readonly help: string;
  /** Known of a GPU that is lost too: it stands in the driver's tables and not on the card. */
  readonly remembered: boolean;
  /** Null: the card does not have it, `[N/A]`. */
  readonly value: (row: Row, context: SmiContext) => string | number | null;
}

type Value<Row> = Field<Row>["value"];
interface Extras {
  readonly unit?: Field["unit"];
  readonly aliases?: readonly string[];
  readonly remembered?: boolean;
}

export function field<Row = GpuReading>(
  name: string,
  help: string,
  value: Value<Row>,
  { unit = null, aliases = [], remembered = false }: Extras = {},
): Field<Row> {
  return { name, aliases, unit, help, remembered, value };
}

/** Names of fields that this mock knows and has no value for: `[N/A]`, as on a card without the feature. */
export function absent(
  name: string,
  help: string,
  aliases: readonly string[] = [],
  unit: Field["unit"] = null,
): Field {
  return field(name, help, () => null, { aliases, unit });
}

/** What new drivers print, without a unit, where an old setting was. */
export const DEPRECATED = "[Requested functionality has been deprecated]";
