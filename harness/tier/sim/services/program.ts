import type { HttpWorld } from "../network/http-client.ts";
import type { Volume } from "../storage/volumes.ts";
import type { Process } from "./process.ts";

/** What a program needs of its world for one life. */
export interface Life {
  readonly world: HttpWorld & { readonly seed: number };
  readonly process: Process;
  readonly env: Readonly<Record<string, string>>;
  readonly volume: Volume;
  /** One line to the container's log; ignored after death. */
  log(line: string): void;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What runs in a container of the sim tier. */
export interface Program {
  /** Where a health check knocks; null: it asks whether the process is `ready`. */
  readonly healthPort: number | null;
  /** Where a mock takes its faults; absent: it is no mock. */
  readonly controlPort?: number;
  /** Begins a life; resolves when it serves. A rejection is a crash with exit status 1. */
  start(life: Life): Promise<void>;
  /** Runs a command beside the process, as `docker exec` does. Null: this program has no such command. */
  exec(life: Life, argv: readonly string[]): Promise<CommandResult> | null;
}
