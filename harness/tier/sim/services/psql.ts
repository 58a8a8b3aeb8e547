import type { CommandResult, Life } from "./program.ts";

/** Options that change only where psql connects, or what it says besides the answer. */
const ADDRESSING = new Set(["-U", "--username", "-h", "--host", "-p", "--port", "-v", "--set"]);
const SILENT = new Set(["-q", "--quiet", "-X", "--no-psqlrc", "-A", "--no-align", "-w"]);
const BARE = new Set(["-t", "--tuples-only"]);

interface PsqlCall {
  database: string | null;
  sql: string | null;
  bare: boolean;
  aligned: boolean;
}

/**
 * `psql -c` for the two statements that modelled tables can answer like the real thing: `select 1` and
 * `select count(*) from TABLE`. Null for everything else: a guess would be worse than a refusal.
 */
export function runPsql(
  life: Life,
  args: readonly string[],
  databaseName: string,
): Promise<CommandResult> | null {
  const call = parse(args);
  if (call === null || call.sql === null) return null;
  const wanted = call.database ?? databaseName;
  if (!life.process.ready) return fail("psql: error: FATAL:  the database system is starting up", 2);
  if (wanted !== databaseName) return fail(`psql: error: FATAL:  database "${wanted}" does not exist`, 2);
  const sql = call.sql.trim().replace(/;$/, "").trim();
  if (/^select\s+1$/i.test(sql)) return print(call, "?column?", 1);
  const counted = /^select\s+count\(\*\)\s+from\s+([a-z_][a-z0-9_]*)$/i.exec(sql)?.[1]?.toLowerCase();
  if (counted === undefined) return null;
  const rows = life.volume.tables.get(counted);
  if (rows === undefined) return fail(`ERROR:  relation "${counted}" does not exist`, 1);
  return print(call, "count", rows.length);
}

function parse(args: readonly string[]): PsqlCall | null {
  const call: PsqlCall = { database: null, sql: null, bare: false, aligned: true };
  const pending = args.flatMap(splitShortFlags);
  for (let arg = pending.shift(); arg !== undefined; arg = pending.shift()) {
    if (ADDRESSING.has(arg)) pending.shift();
    else if (arg === "-d" || arg === "--dbname") call.database = pending.shift() ?? null;
    else if (arg === "-c" || arg === "--command") call.sql = pending.shift() ?? null;
    else if (BARE.has(arg)) call.bare = true;
    else if (SILENT.has(arg)) call.aligned &&= arg !== "-A" && arg !== "--no-align";
    else if (!arg.startsWith("-") && call.database === null) call.database = arg;
    else return null;
  }
  return call;
}

/** `-tAc` is `-t -A -c`. */
function splitShortFlags(arg: string): string[] {
  return /^-[tAqXwcd]{2,}$/.test(arg) ? Array.from(arg.slice(1), (letter) => `-${letter}`) : [arg];
}

/** As psql prints one number, with or without its heading and its alignment. */
function print(call: PsqlCall, column: string, value: number): Promise<CommandResult> {
  const text = String(value);
  const width = Math.max(column.length, text.length);
  const heading = call.aligned ? ` ${column.padStart(width)} \n${"-".repeat(width + 2)}\n` : `${column}\n`;
  const row = call.aligned ? ` ${text.padStart(call.bare ? text.length : width)}\n` : `${text}\n`;
  const footer = call.aligned ? "(1 row)\n\n" : "(1 row)\n";
  const stdout = call.bare ? `${row}${call.aligned ? "\n" : ""}` : `${heading}${row}${footer}`;
  return Promise.resolve({ exitCode: 0, stdout, stderr: "" });
}

function fail(message: string, exitCode: number): Promise<CommandResult> {
  return Promise.resolve({ exitCode, stdout: "", stderr: `${message}\n` });
}
