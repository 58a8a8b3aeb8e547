import type { ShellCommand } from "./shell-words.ts";

/** A service that a `docker compose` command names literally. */
export interface NamedService {
  readonly verb: string;
  readonly service: string;
  readonly line: number;
}

/** Options before the verb that take a value, from `docker compose --help`. */
const GLOBAL_WITH_VALUE =
  "-f --file -p --project-name --profile --env-file --project-directory --ansi --parallel --progress";

/** Verbs whose arguments are services → their options that take a value, from `docker compose <verb> --help`. */
const VERBS: Readonly<Record<string, string>> = {
  start: "--wait-timeout",
  stop: "-t --timeout",
  restart: "-t --timeout",
  pause: "",
  unpause: "",
  kill: "-s --signal",
  logs: "-n --tail --since --until --index",
  up: "-t --timeout --wait-timeout --scale --pull --attach --no-attach --exit-code-from",
  exec: "-e --env -w --workdir -u --user --index",
};

/** Only the first argument of these is a service; the rest is a command in it. */
const ONE_SERVICE: readonly string[] = ["exec"];

/** Commands that only print what follows. */
const PRINTS: readonly (string | null)[] = ["echo", "printf"];

/** The services that a command names literally; arguments that a variable decides are left out. */
export function namedServices({ words, line }: ShellCommand): NamedService[] {
  const start = composeArguments(words);
  if (start === null || PRINTS.includes(words[0] ?? null)) return [];
  const [verb, ...rest] = skipOptions(words.slice(start), GLOBAL_WITH_VALUE.split(" "));
  if (typeof verb !== "string" || !Object.hasOwn(VERBS, verb)) return [];
  const withValue = VERBS[verb]!.split(" ");
  const services: NamedService[] = [];
  let left: ShellCommand["words"] = rest;
  do {
    left = skipOptions(left, withValue);
    const [service] = left;
    if (typeof service === "string") services.push({ verb, service, line });
    left = left.slice(1);
  } while (left.length > 0 && !ONE_SERVICE.includes(verb));
  return services;
}

/** Where the arguments of `docker compose` or `docker-compose` begin, also behind `sudo`, `timeout 5`, `env A=b`. */
function composeArguments(words: ShellCommand["words"]): number | null {
  const plugin = words.findIndex((word, index) => word === "docker" && words[index + 1] === "compose");
  if (plugin >= 0) return plugin + 2;
  const binary = words.indexOf("docker-compose");
  return binary >= 0 ? binary + 1 : null;
}

/** Drops leading options, and the value of those that take one as a word of its own. */
function skipOptions(words: ShellCommand["words"], withValue: readonly string[]): ShellCommand["words"] {
  let index = 0;
  for (let word = words[0]; typeof word === "string" && word.startsWith("-"); word = words[index]) {
    index += withValue.includes(word) ? 2 : 1;
  }
  return words.slice(index);
}
