import { parseArgs, type ParseArgsConfig } from "node:util";
import { FiredrillError } from "../error.ts";
import { suggest } from "../suggest.ts";

/** One verb of the command line. */
export interface Command {
  /** `down <run> | --expired` */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Returns the exit status. */
  run(args: readonly string[]): Promise<number>;
}

/** `parseArgs`, strict, with an error that names the nearest flag. @throws USAGE_FLAG */
export function parseFlags<Options extends NonNullable<ParseArgsConfig["options"]>>(
  usage: string,
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (cause) {
    const known = Object.keys(options);
    const unknown = args.find((it) => it.startsWith("--") && !known.includes(it.slice(2).split("=")[0]!));
    throw new FiredrillError("USAGE_FLAG", (cause as Error).message.split(". ")[0]!, {
      received: args.join(" "),
      expected: `firedrill ${usage}`,
      ...(unknown === undefined || known.length === 0
        ? {}
        : { hint: suggest(unknown.slice(2), known, (it) => `use --${it}`) }),
      cause,
    });
  }
}
