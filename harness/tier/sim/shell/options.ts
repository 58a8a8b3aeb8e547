import { Unsupported } from "./unsupported.ts";

export interface ParsedOptions {
  /** Was this flag or option given? By its first name: `--all` for `-a, --all`. */
  has(name: string): boolean;
  /** The last value given to an option. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  readonly rest: readonly string[];
}

/**
 * Reads a command's options as getopt does: `--name value`, `--name=value`, `-n value`, `-abc`.
 * @param known one entry an option: its names, the first one counts; `=` at the end where it takes a value:
 *   `["--all -a", "--tail -n ="]`
 * @param untilFirst options after the first operand belong to it (`docker exec NAME ls -l`)
 * @throws Unsupported for any other option
 */
export function parseOptions(
  command: string,
  args: readonly string[],
  known: readonly string[],
  untilFirst = false,
): ParsedOptions {
  const names = new Map(known.flatMap(describe));
  const given = new Map<string, string[]>();
  const rest: string[] = [];
  const pending = [...args];
  for (let arg = pending.shift(); arg !== undefined; arg = pending.shift()) {
    if (!arg.startsWith("-") || arg === "-") {
      rest.push(arg);
      if (untilFirst) break;
      continue;
    }
    if (arg === "--") break;
    const letters = splitLetters(arg, names);
    if (letters.length > 1) {
      pending.unshift(...letters);
      continue;
    }
    const [name, inline] = splitValue(arg);
    const option = names.get(name);
    if (option === undefined || (inline !== undefined && !option.takesValue))
      throw new Unsupported(`${command} ${arg}`);
    const value = option.takesValue ? (inline ?? pending.shift()) : "";
    if (value === undefined) throw new Unsupported(`${command} ${arg} without a value`);
    given.set(option.name, [...(given.get(option.name) ?? []), value]);
  }
  rest.push(...pending);
  return {
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
    rest,
  };
}

interface Option {
  readonly name: string;
  readonly takesValue: boolean;
}

function describe(entry: string): [string, Option][] {
  const takesValue = entry.endsWith("=");
  const all = entry.replace(/=$/, "").trim().split(/\s+/);
  const option = { name: all[0] ?? entry, takesValue };
  return all.map((name) => [name, option]);
}

/** `-fsS` is `-f -s -S`, and `-n5` is `-n 5`. */
function splitLetters(arg: string, names: ReadonlyMap<string, Option>): string[] {
  if (!/^-[A-Za-z]./.test(arg)) return [arg];
  const parts: string[] = [];
  for (let at = 1; at < arg.length; at++) {
    const name = `-${arg[at]}`;
    const option = names.get(name);
    if (option === undefined) return [arg];
    parts.push(name);
    if (!option.takesValue) continue;
    if (at + 1 < arg.length) parts.push(arg.slice(at + 1));
    break;
  }
  return parts;
}

function splitValue(arg: string): [name: string, value: string | undefined] {
  const at = arg.startsWith("--") ? arg.indexOf("=") : -1;
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}
