import { spawn } from "node:child_process";
import { access, mkdir, open, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { execa } from "execa";

export interface CommandResult {
  readonly exitCode: number;
  /** Standard output and error together. */
  readonly output: string;
}

/** The machine as the repair touches it; replaced by a recording one in tests. */
export interface Machine {
  /** Runs a program to its end; one that can't be started has exit status 127. */
  run(file: string, args: readonly string[], signal: AbortSignal): Promise<CommandResult>;
  /** Starts a program that outlives this process; its output goes to `logFile`. */
  startDetached(file: string, args: readonly string[], logFile: string): Promise<void>;
  /** `null` when there is no such file. */
  read(path: string): Promise<string | null>;
  exists(path: string): Promise<boolean>;
  write(path: string, text: string, mode: number): Promise<void>;
  readonly isRoot: boolean;
}

export const thisMachine: Machine = {
  isRoot: process.getuid?.() === 0,
  async run(file, args, signal) {
    const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
    const result = await execa(file, args, {
      env,
      reject: false,
      all: true,
      stdin: "ignore",
      cancelSignal: signal,
      maxBuffer: 16 * 2 ** 20,
    });
    signal.throwIfAborted();
    return { exitCode: result.exitCode ?? 127, output: result.all ?? "" };
  },
  async startDetached(file, args, logFile) {
    await mkdir(dirname(logFile), { recursive: true });
    const log = await open(logFile, "a");
    try {
      const child = spawn(file, args, { detached: true, stdio: ["ignore", log.fd, log.fd] });
      await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
      child.unref();
    } finally {
      await log.close();
    }
  },
  read: (path) => readFile(path, "utf8").catch(() => null),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  async write(path, text, mode) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode });
  },
};
