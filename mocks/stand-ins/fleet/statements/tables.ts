import { DatabaseError } from "../../../../harness/service/database.ts";
import type { Row, Tables } from "../../../../harness/service/database.ts";

/** Rows of a modelled table. @throws DatabaseError with Postgres's own SQLSTATE when there is no such table. */
export function rowsOf(tables: Tables, name: string): Row[] {
  const rows = tables.get(name);
  if (rows === undefined)
    throw new DatabaseError("none", `relation "${name}" does not exist`, UNDEFINED_TABLE);
  return rows;
}

/** The one row of a table that holds exactly one. */
export function onlyRow(tables: Tables, name: string): Row {
  const row = rowsOf(tables, name)[0];
  if (row === undefined) throw new DatabaseError("none", `relation "${name}" is empty`);
  return row;
}

/** SQLSTATE `undefined_table`: the schema is gone. */
export const UNDEFINED_TABLE = "42P01";

/** Orders by a text column as `collate "C"` does: by code unit, the same on every machine. */
export function byText(column: string): (a: Row, b: Row) => number {
  return (a, b) => (String(a[column]) < String(b[column]) ? -1 : 1);
}
