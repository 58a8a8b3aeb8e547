import { wallMs } from "../kernel/clock.ts";
import { failed, ok } from "./context.ts";
import type { Command } from "./context.ts";
import { parseOptions } from "./options.ts";
import { Unsupported } from "./unsupported.ts";

const UNIT_MS = { "": 1_000, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** coreutils' `timeout`: the command took too long. */
const TIMED_OUT = 124;

/** `sleep 1.5 2m`: the sum, in virtual time. */
export const sleep: Command = async ({ clock }, { args, signal }) => {
  const total = args.reduce((sum, arg) => sum + readDuration("sleep", arg), 0);
  await clock.sleep(total, signal);
  return ok("");
};

/** `timeout 30 command …`, in virtual time. */
export const timeout: Command = async ({ world }, { args, signal, run }) => {
  const options = parseOptions("timeout", args, [], true);
  const [limit = "", ...argv] = options.rest;
  const over = new AbortController();
  const cancel = world.kernel.after(readDuration("timeout", limit), () => over.abort());
  const result = await run(argv, AbortSignal.any([signal, over.signal]));
  cancel();
  return over.signal.aborted ? failed(TIMED_OUT, "", result.stdout) : result;
};

/** `date [-u] [-Is] [+FORMAT]`, always in UTC. */
export const date: Command = async ({ world }, { args }) => {
  const options = parseOptions("date", args, ["--utc -u", "--iso-8601 -I ="]);
  const now = new Date(Math.floor(wallMs(world.kernel)));
  const [format, ...more] = options.rest;
  if (more.length > 0 || (format !== undefined && !format.startsWith("+")))
    throw new Unsupported(`date ${args.join(" ")}`);
  const precision = options.value("--iso-8601");
  if (precision !== undefined && !/^s(econds)?$/.test(precision))
    throw new Unsupported(`date -I${precision}`);
  const wanted =
    precision === undefined ? (format?.slice(1) ?? "%a %b %e %H:%M:%S UTC %Y") : "%Y-%m-%dT%H:%M:%S+00:00";
  return ok(`${formatDate(now, wanted)}\n`);
};

function formatDate(at: Date, format: string): string {
  const iso = at.toISOString();
  const nanoseconds = `${iso.slice(20, 23)}000000`;
  const [weekday = "", , month = ""] = at.toUTCString().split(/,? /);
  const fields: Readonly<Record<string, string>> = {
    s: String(Math.floor(at.getTime() / 1_000)),
    N: nanoseconds,
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    e: String(at.getUTCDate()).padStart(2),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    a: weekday,
    b: month,
    Z: "UTC",
    z: "+0000",
    "%": "%",
  };
  return format.replace(/%(\d*)([A-Za-z%])/g, (whole, digits: string, letter: string) => {
    const value = fields[letter];
    if (value === undefined || (digits !== "" && letter !== "N")) throw new Unsupported(`date +${whole}`);
    return digits === "" ? value : nanoseconds.slice(0, Number(digits));
  });
}

function readDuration(command: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  if (match === null) throw new Unsupported(`${command} ${text}`);
  return Number(match[1]) * UNIT_MS[(match[2] ?? "") as keyof typeof UNIT_MS];
}
