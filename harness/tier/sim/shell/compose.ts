import { FiredrillError } from "../../../error.ts";
import { bringUp } from "../services/bring-up.ts";
import type { Container } from "../services/container.ts";
import type { CommandResult } from "../services/program.ts";
import { composePs } from "./compose-ps.ts";
import { callDaemon, containerName, failed, ok } from "./context.ts";
import type { CommandCall, Desk } from "./context.ts";
import { execIn, logsOf } from "./inside.ts";
import { OPERATIONS } from "./operate.ts";
import { parseOptions } from "./options.ts";
import { Unsupported } from "./unsupported.ts";

/** Thrown by `select` and answered by `compose`. */
class NoSuchService extends Error {}

/** `docker compose …` on the run's stack. */
export async function compose(desk: Desk, call: CommandCall): Promise<CommandResult> {
  const globals = ["--project-name -p =", "--file -f =", "--ansi =", "--progress ="];
  const options = parseOptions("docker compose", call.args, globals, true);
  const project = options.value("--project-name") ?? desk.projectName;
  if (project !== desk.projectName) throw new Unsupported(`docker compose --project-name ${project}`);
  const [verb = "", ...args] = options.rest;
  await callDaemon(desk, call.signal);
  try {
    return await dispatch(desk, verb, args, call.signal);
  } catch (error) {
    if (error instanceof NoSuchService) return failed(1, error.message);
    throw error;
  }
}

function dispatch(desk: Desk, verb: string, args: string[], signal: AbortSignal): Promise<CommandResult> {
  const command = `docker compose ${verb}`.trim();
  switch (verb) {
    case "ps":
      return composePs(desk, args, (names) => select(desk, names));
    case "up":
      return up(desk, args, signal);
    case "exec": {
      const known = ["--no-TTY -T", "--interactive -i", "--user -u =", "--index ="];
      const [name = "", ...argv] = parseOptions(command, args, known, true).rest;
      return execIn(desk, only(select(desk, [name])), command, argv);
    }
    case "logs": {
      const known = ["--tail -n =", "--no-color", "--no-log-prefix", "--timestamps -t"];
      const options = parseOptions(command, args, known);
      const prefix = (container: Container) =>
        options.has("--no-log-prefix") ? "" : `${container.spec.name}-1  | `;
      const parts = select(desk, options.rest).map((container) =>
        logsOf(container, options.value("--tail"), prefix(container)),
      );
      return Promise.resolve(ok(parts.join("")));
    }
    default:
      return operate(desk, verb, parseOptions(command, args, optionsOf(verb)).rest);
  }
}

/** Options that say how long to be patient, which makes no difference here. */
function optionsOf(verb: string): readonly string[] {
  if (verb === "stop" || verb === "restart") return ["--timeout -t ="];
  return verb === "kill" ? ["--signal -s ="] : [];
}

async function operate(desk: Desk, verb: string, names: readonly string[]): Promise<CommandResult> {
  const operation = OPERATIONS[verb];
  if (operation === undefined) throw new Unsupported(`docker compose ${verb}`);
  const results = await Promise.all(
    select(desk, names).map(async (container) => {
      const trouble = await operation.run(container);
      const name = containerName(desk, container);
      // Compose passes over containers that are down already.
      if (trouble === null || trouble === "container is not running")
        return { said: ` Container ${name}  ${operation.done}\n`, bad: false };
      return { said: `Error response from daemon: ${trouble}: ${name}\n`, bad: true };
    }),
  );
  const said = results.map((result) => result.said).join("");
  return results.some(({ bad }) => bad) ? failed(1, said) : ok("", said);
}

async function up(desk: Desk, args: readonly string[], signal: AbortSignal): Promise<CommandResult> {
  const known = [
    "--detach -d",
    "--wait",
    "--no-recreate",
    "--force-recreate",
    "--no-deps",
    "--wait-timeout =",
  ];
  const options = parseOptions("docker compose up", args, known);
  if (!options.has("--detach") && !options.has("--wait"))
    throw new Unsupported("docker compose up without -d");
  if (options.has("--no-deps")) throw new Unsupported("docker compose up --no-deps");
  const chosen = select(desk, options.rest);
  if (options.has("--force-recreate")) for (const container of chosen) container.forget();
  const names = chosen.map(({ spec }) => spec.name);
  try {
    await bringUp(desk.world, desk.clock, names, options.has("--wait"), signal);
  } catch (error) {
    if (!(error instanceof FiredrillError)) throw error;
    return failed(1, `${error.message}: ${error.received ?? ""}`);
  }
  return ok(
    "",
    chosen.map((container) => ` Container ${containerName(desk, container)}  Started\n`).join(""),
  );
}

/** The services of these names; no name means every one. */
function select({ world }: Desk, names: readonly string[]): readonly Container[] {
  if (names.length === 0) return [...world.containers.values()];
  return names.map((name) => {
    const container = world.containers.get(name);
    if (container === undefined) throw new NoSuchService(`no such service: ${name}`);
    return container;
  });
}

function only([container]: readonly Container[]): Container {
  if (container === undefined) throw new NoSuchService("no service selected");
  return container;
}
