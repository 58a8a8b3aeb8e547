import { Bash, decodeBytesToUtf8, defineCommand } from "just-bash";
import type { ShellResult, ShellStep } from "../../tier.ts";
import type { CommandResult } from "../services/program.ts";
import type { Command, CommandCall, Desk } from "./context.ts";
import { curl } from "./curl.ts";
import { docker } from "./docker.ts";
import { stackEnvironment } from "./environment.ts";
import { handedOn } from "./exported.ts";
import { instrument } from "./instrument.ts";
import { date, sleep, timeout } from "./time-commands.ts";
import { Unsupported } from "./unsupported.ts";

const MAX_OUTPUT_BYTES = 64 * 1024;
const OUTPUT_FILE = "/.firedrill/output";
/** The last command of every step: takes down what the script has exported. */
const SNAPSHOT = "firedrill-exported";
/** "The command itself fails", as `docker` and `timeout` use it. */
const CANNOT_ANSWER = 125;
/** Shell variables that read the real clock or real randomness. */
const REAL_WORLD = /\b(SECONDS|EPOCHSECONDS|EPOCHREALTIME|BASH_MONOSECONDS|RANDOM|SRANDOM)\b/;

/** What the interpreter says when it is told to stop. */
const ABORTED = /^(bash: )?execution aborted\n/gm;

const COMMANDS: Readonly<Record<string, Command>> = { docker, curl, sleep, timeout, date };

/** Runs an operator's script against the simulated stack. Time stands still except inside its commands. */
export async function runShellStep(desk: Desk, step: ShellStep): Promise<ShellResult> {
  const run = new StepRun(desk, step);
  try {
    return await run.finish();
  } finally {
    run.end();
  }
}

class StepRun {
  readonly #desk: Desk;
  readonly #step: ShellStep;
  readonly #over = new AbortController();
  readonly #onInterrupt = () => this.#stop("interrupted");
  readonly #cancelLimit: () => void;
  #unfreeze: () => void;
  #busyCommands = 0;
  #reason: "timeout" | "interrupted" | null = null;
  #unsupported: Unsupported | null = null;
  #exported: Readonly<Record<string, string>> | null = null;

  constructor(desk: Desk, step: ShellStep) {
    this.#desk = desk;
    this.#step = step;
    const { kernel, trace } = desk.world;
    trace.note("shell", step.script);
    this.#unfreeze = kernel.freeze();
    this.#cancelLimit = kernel.after(step.timeoutMs, () => this.#stop("timeout"));
    if (step.signal.aborted) this.#stop("interrupted");
    else step.signal.addEventListener("abort", this.#onInterrupt, { once: true });
  }

  async finish(): Promise<ShellResult> {
    const env = { ...stackEnvironment(this.#desk), ...this.#step.env };
    const realWorld = REAL_WORLD.exec(this.#step.script)?.[1];
    if (realWorld !== undefined)
      return this.#result(CANNOT_ANSWER, new Unsupported(`$${realWorld}`).message, env);
    const bash = new Bash({
      env,
      cwd: "/work",
      files: { [OUTPUT_FILE]: "" },
      // The runbook is the user's own; patched globals would only disturb the harness beside it.
      defenseInDepth: false,
      customCommands: [
        ...Object.entries(COMMANDS).map(([name, command]) => this.#bind(name, command)),
        defineCommand(SNAPSHOT, async ([status = "0"], context) => {
          this.#exported = { ...context.exportedEnv };
          return { stdout: "", stderr: "", exitCode: Number(status) };
        }),
      ],
    });
    bash.registerTransformPlugin(instrument({ outputFile: OUTPUT_FILE, snapshot: SNAPSHOT }));
    const script = `set -euo pipefail\n${this.#step.script}\n${SNAPSHOT}`;
    const result = await bash.exec(script, { rawScript: true, signal: this.#over.signal });
    const all = `${await bash.readFile(OUTPUT_FILE)}${result.stdout}${result.stderr}`;
    const said = this.#over.signal.aborted ? all.replace(ABORTED, "") : all;
    return this.#result(result.exitCode, said, handedOn(env, this.#exported));
  }

  end(): void {
    this.#step.signal.removeEventListener("abort", this.#onInterrupt);
    this.#cancelLimit();
    this.#unfreeze();
  }

  #stop(reason: "timeout" | "interrupted"): void {
    this.#reason ??= reason;
    this.#over.abort();
  }

  /** A command of the model as the shell's own; time passes while it runs. */
  #bind(name: string, command: Command) {
    return defineCommand(name, async (args, context) => {
      const signal = context.signal
        ? AbortSignal.any([context.signal, this.#over.signal])
        : this.#over.signal;
      const call: CommandCall = {
        args,
        stdin: decodeBytesToUtf8(context.stdin),
        signal,
        readFile: (path) => context.fs.readFile(context.fs.resolvePath(context.cwd, path)),
        writeFile: (path, content) =>
          context.fs.writeFile(context.fs.resolvePath(context.cwd, path), content),
        run: async ([first = "", ...rest], inner) => {
          if (context.exec === undefined) throw new Unsupported(`${name} outside a script`);
          return context.exec(quote(first), { cwd: context.cwd, args: rest, signal: inner });
        },
      };
      this.#desk.world.trace.note("command", name, ...args);
      return this.#thawed(() => untilAborted(command(this.#desk, call), signal)).catch((error: unknown) => {
        if (!(error instanceof Unsupported)) throw error;
        this.#unsupported ??= error;
        this.#over.abort();
        return { stdout: "", stderr: `${error.message}\n`, exitCode: CANNOT_ANSWER };
      });
    });
  }

  async #thawed(work: () => Promise<CommandResult>): Promise<CommandResult> {
    if (this.#busyCommands++ === 0) this.#unfreeze();
    try {
      return await work();
    } finally {
      if (--this.#busyCommands === 0) this.#unfreeze = this.#desk.world.kernel.freeze();
    }
  }

  #result(exitCode: number, said: string, env: Readonly<Record<string, string>>): ShellResult {
    const trouble = this.#unsupported;
    const text = trouble === null || said.includes(trouble.message) ? said : `${said}${trouble.message}\n`;
    const output = lastBytes(text, MAX_OUTPUT_BYTES);
    this.#desk.world.trace.note("shell-end", this.#reason ?? exitCode, output);
    if (trouble !== null) return { outcome: "exited", exitCode: CANNOT_ANSWER, output, env };
    if (this.#reason !== null) return { outcome: this.#reason, exitCode: null, output, env };
    return { outcome: "exited", exitCode, output, env };
  }
}

/** The command's answer, or nothing from the moment at which nobody waits for it. */
function untilAborted(work: Promise<CommandResult>, signal: AbortSignal): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const leave = () => resolve({ exitCode: 143, stdout: "", stderr: "" });
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function lastBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= limit ? text : bytes.subarray(bytes.length - limit).toString("utf8");
}
