import type { Container } from "../services/container.ts";
import type { CommandResult } from "../services/program.ts";
import type { Desk } from "./context.ts";
import { Unsupported } from "./unsupported.ts";

/** Runs a command inside a container. @throws Unsupported when the service's model has no such command. */
export async function execIn(
  { clock }: Desk,
  container: Container,
  command: string,
  argv: readonly string[],
): Promise<CommandResult> {
  const answer = container.exec(argv);
  if (answer === null) throw new Unsupported(`${command} ${container.spec.name} ${argv.join(" ")}`);
  const result = await answer;
  // A process is started for it inside the container; that takes a moment there.
  await clock.sleep(EXEC_MS);
  return result;
}

/** Starting a process in a running container. */
const EXEC_MS = 50;

/** The last `tail` lines of a container's log, each with a prefix. */
export function logsOf({ log }: Container, tail: string | undefined, prefix: string): string {
  const lines = log.split("\n").slice(0, -1);
  const count = tail === undefined || tail === "all" ? lines.length : Number(tail);
  return lines
    .slice(Math.max(0, lines.length - count))
    .map((line) => `${prefix}${line}\n`)
    .join("");
}
