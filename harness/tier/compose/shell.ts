import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { FiredrillError } from "../../error.ts";
import type { ShellResult, ShellStep } from "../tier.ts";
import { Tail } from "./tail.ts";

/** What a step keeps of its output (the contract of ShellResult) and may export, in bytes. */
const OUTPUT_BYTES = 64 * 2 ** 10;
const ENV_BYTES = 2 ** 20;
/** After the shell has ended, a background process that it left may still hold its output open this long. */
const DRAIN_MS = 2_000;

/** These belong to the shell itself and are no result of a step. */
const OWN = new Set(["_", "SHLVL", "PWD", "OLDPWD", "BASHOPTS", "SHELLOPTS"]);

/**
 * `exec 2>&1` gives both streams one pipe, so their order is the true one. The trap runs on every exit that
 * bash survives and tells the exported variables on descriptor 3. All on one line, so that bash's line numbers are the
 * script's.
 */
const WRAPPER = "exec 2>&1; trap 'command env -0 >&3' EXIT; set -euo pipefail; ";

export interface ShellSurroundings {
  /** The whole environment, the step's own variables excepted. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * Runs an operator's bash script in a process group of its own, which is killed as a whole when time is up or
 * the run is interrupted: no step leaves processes behind. @throws ENV_TOOL when there is no bash.
 */
export async function runShell(step: ShellStep, around: ShellSurroundings): Promise<ShellResult> {
  if (step.signal.aborted) return { outcome: "interrupted", exitCode: null, output: "", env: step.env };
  const env = { ...around.env, ...step.env };
  const child = spawn("bash", ["--noprofile", "--norc", "-c", WRAPPER + step.script], {
    cwd: around.cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "ignore", "pipe"],
  });
  const output = collect(child.stdio[1] as Readable, OUTPUT_BYTES);
  const exported = collect(child.stdio[3] as Readable, ENV_BYTES);

  let stopped: "timeout" | "interrupted" | null = null;
  const stop = (why: "timeout" | "interrupted") => {
    stopped ??= why;
    killGroup(child.pid);
  };
  const onAbort = () => stop("interrupted");
  const timer = setTimeout(() => stop("timeout"), step.timeoutMs);
  step.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const exitCode = await ended(child);
    await Promise.race([Promise.all([output.done, exported.done]), pause(DRAIN_MS)]);
    // What the script started in the background goes with it.
    killGroup(child.pid);
    const after = exported.tail.text() === "" ? step.env : exportedBy(exported.tail.text(), env, step.env);
    return {
      outcome: stopped ?? "exited",
      exitCode: stopped === null ? exitCode : null,
      output: output.tail.text(),
      env: after,
    };
  } finally {
    clearTimeout(timer);
    output.stream.destroy();
    exported.stream.destroy();
    step.signal.removeEventListener("abort", onAbort);
  }
}

function collect(stream: Readable, limitBytes: number) {
  const tail = new Tail(limitBytes);
  stream.on("data", (chunk: Buffer) => tail.add(chunk));
  const done = new Promise<void>((resolve) => stream.once("close", resolve).once("error", () => resolve()));
  return { stream, tail, done };
}

/** The exit code as a shell tells it: 128 + the signal's number when a signal ended the process. */
function ended(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) =>
      reject(
        new FiredrillError("ENV_TOOL", "bash cannot be started", {
          received: cause.message,
          expected: "bash on the PATH",
          cause,
        }),
      ),
    );
    child.once("exit", (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has ended by itself.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** What earlier steps exported, and what this one added or changed. */
function exportedBy(
  nulSeparated: string,
  before: Readonly<Record<string, string>>,
  earlier: Readonly<Record<string, string>>,
): Record<string, string> {
  const entries = nulSeparated
    .split("\0")
    .filter((line) => line.includes("="))
    .map((line): [string, string] => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  return Object.fromEntries(
    entries.filter(
      ([name, value]) => !OWN.has(name) && (Object.hasOwn(earlier, name) || before[name] !== value),
    ),
  );
}
