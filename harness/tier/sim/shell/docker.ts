import type { Container } from "../services/container.ts";
import type { CommandResult } from "../services/program.ts";
import { compose } from "./compose.ts";
import { callDaemon, containerName, failed, ok } from "./context.ts";
import type { Command, Desk } from "./context.ts";
import { containerId, findContainer } from "./identity.ts";
import { execIn, logsOf } from "./inside.ts";
import { OPERATIONS } from "./operate.ts";
import { parseOptions } from "./options.ts";
import { renderTemplate } from "./template.ts";
import { Unsupported } from "./unsupported.ts";

/** `docker …`: the verbs on single containers, and `docker compose`. */
export const docker: Command = async (desk, call) => {
  const [verb = "", ...args] = call.args;
  if (verb === "compose") return compose(desk, { ...call, args });
  const command = `docker ${verb}`.trim();
  await callDaemon(desk, call.signal);
  switch (verb) {
    case "inspect": {
      const options = parseOptions(command, args, ["--format -f =", "--type ="]);
      const format = options.value("--format");
      if (format === undefined) return inspectAll(desk, options.rest);
      return each(desk, options.rest, async (container) => ({
        trouble: null,
        said: renderTemplate(command, format, inspect(desk, container)),
      }));
    }
    case "update": {
      const options = parseOptions(command, args, ["--memory -m =", "--memory-swap ="]);
      const memory = options.value("--memory");
      if (memory === undefined) throw new Unsupported("docker update without --memory");
      return each(desk, options.rest, async (container, reference) => {
        container.memoryLimitBytes = readBytes(memory);
        return { trouble: null, said: reference };
      });
    }
    case "exec": {
      const options = parseOptions(command, args, ["--interactive -i", "--user -u ="], true);
      const [reference = "", ...argv] = options.rest;
      const container = findContainer(desk, reference);
      if (container === undefined) return failed(1, noSuch(reference));
      return execIn(desk, container, command, argv);
    }
    case "logs": {
      const options = parseOptions(command, args, ["--tail -n =", "--timestamps -t"]);
      const container = findContainer(desk, options.rest[0] ?? "");
      if (container === undefined) return failed(1, noSuch(options.rest[0] ?? ""));
      return ok(logsOf(container, options.value("--tail"), ""));
    }
    default:
      return operate(desk, verb, args);
  }
};

function operate(desk: Desk, verb: string, args: readonly string[]): Promise<CommandResult> {
  const operation = OPERATIONS[verb];
  if (operation === undefined) throw new Unsupported(`docker ${verb}`);
  const known = verb === "stop" || verb === "restart" ? ["--time --timeout -t ="] : [];
  const options = parseOptions(`docker ${verb}`, args, known);
  return each(desk, options.rest, async (container, reference) => ({
    trouble: await operation.run(container),
    said: reference,
  }));
}

/** Does the same to each container named; says what was done, and fails if one of them can't be found or refuses. */
async function each(
  desk: Desk,
  references: readonly string[],
  run: (
    container: Container,
    reference: string,
  ) => Promise<{ readonly trouble: string | null; readonly said: string }>,
): Promise<CommandResult> {
  if (references.length === 0) return failed(1, "docker: at least one container is needed");
  const said: string[] = [];
  const troubles: string[] = [];
  for (const reference of references) {
    const container = findContainer(desk, reference);
    if (container === undefined) {
      troubles.push(noSuch(reference));
      continue;
    }
    const result = await run(container, reference);
    if (result.trouble === null) said.push(result.said);
    else troubles.push(`Error response from daemon: ${result.trouble}: ${reference}`);
  }
  const stdout = said.map((line) => `${line}\n`).join("");
  return troubles.length > 0 ? failed(1, troubles.join("\n"), stdout) : ok(stdout);
}

/** One JSON array, as `docker inspect` prints it, with the fields that the model has. */
function inspectAll(desk: Desk, references: readonly string[]): CommandResult {
  const found = references.map((reference) => findContainer(desk, reference));
  const objects = found.flatMap((container) => (container ? [inspect(desk, container)] : []));
  const missing = references.filter((_, at) => found[at] === undefined);
  const stdout = `${JSON.stringify(objects, null, 4)}\n`;
  return missing.length > 0 ? failed(1, missing.map(noSuch).join("\n"), stdout) : ok(stdout);
}

function inspect(desk: Desk, container: Container): Record<string, unknown> {
  const { state, exitCode, oomKilled } = container.state;
  return {
    Id: containerId(desk, container),
    Name: `/${containerName(desk, container)}`,
    RestartCount: container.restarts,
    State: {
      Status: state,
      Running: container.process !== null,
      Paused: state === "paused",
      Restarting: state === "restarting",
      OOMKilled: oomKilled,
      ExitCode: exitCode ?? 0,
    },
    HostConfig: { Memory: container.memoryLimitBytes ?? 0 },
  };
}

const UNIT_BYTES = { "": 1, b: 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3 } as const;

/** `256m`, `1g`, `268435456`. */
function readBytes(text: string): number {
  const match = /^(\d+)([bkmg]?)$/i.exec(text);
  if (match === null) throw new Unsupported(`docker update --memory ${text}`);
  return Number(match[1]) * UNIT_BYTES[(match[2] ?? "").toLowerCase() as keyof typeof UNIT_BYTES];
}

function noSuch(reference: string): string {
  return `Error: No such object: ${reference}`;
}
