import type { Clock } from "../../../time/clock.ts";
import type { Container } from "../services/container.ts";
import type { CommandResult } from "../services/program.ts";
import type { World } from "../world.ts";

/** The stack on which an operator works. */
export interface Desk {
  readonly world: World;
  readonly clock: Clock;
  /** As Compose names the run's stack. */
  readonly projectName: string;
}

/** What a command needs besides its arguments. */
export interface CommandCall {
  readonly args: readonly string[];
  readonly stdin: string;
  /** Aborted when the step is over: by its time limit, an interrupt, or a command that can't be answered. */
  readonly signal: AbortSignal;
  readFile(path: string): Promise<string>;
  writeFile(path: string, content: string): Promise<void>;
  /** Runs a command line in the same shell environment. */
  run(argv: readonly string[], signal: AbortSignal): Promise<CommandResult>;
}

export type Command = (desk: Desk, call: CommandCall) => Promise<CommandResult>;

/** One call of the Docker CLI to its daemon and back, as measured on a laptop. */
const DAEMON_CALL_MS = 80;

export async function callDaemon({ clock }: Desk, signal: AbortSignal): Promise<void> {
  await clock.sleep(DAEMON_CALL_MS, signal);
}

/** As Compose names a service's only container. */
export function containerName({ projectName }: Desk, { spec }: Container): string {
  return `${projectName}-${spec.name}-1`;
}

export function ok(stdout: string, stderr = ""): CommandResult {
  return { exitCode: 0, stdout, stderr };
}

export function failed(exitCode: number, stderr: string, stdout = ""): CommandResult {
  return { exitCode, stdout, stderr: stderr.endsWith("\n") || stderr === "" ? stderr : `${stderr}\n` };
}
