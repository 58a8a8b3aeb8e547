import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { FiredrillError } from "../../../error.ts";
import { neutralEnvironment } from "../../compose/compose-cli.ts";
import { redact } from "./redact.ts";

/** Where the programs are. */
export interface ToolPaths {
  readonly k3d: string;
  readonly helm: string;
  readonly kubectl: string;
}

export interface ToolCall {
  readonly file: string;
  readonly args: readonly string[];
  /** See `toolEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  /** The command is killed after this long. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly cwd?: string;
}

export interface ToolAnswer {
  readonly ok: boolean;
  /** As it came, secrets and all; a caller that shows it calls `redact`. */
  readonly stdout: string;
  /** What a person would read, without colours and secrets. */
  readonly complaint: string;
}

/** After SIGTERM, so that k3d can put its half-made things away; then SIGKILL. */
const END_WITHIN_MS = 5_000;
const MAX_COMPLAINT_LINES = 12;

/** Runs one k3d, helm or kubectl command. Failure is an answer here; @throws RUN_INTERRUPTED when `signal` was aborted. */
export async function runTool(call: ToolCall): Promise<ToolAnswer> {
  const result = await execa(call.file, [...call.args], {
    env: { ...call.env },
    extendEnv: false,
    timeout: call.timeoutMs,
    cancelSignal: call.signal,
    forceKillAfterDelay: END_WITHIN_MS,
    stdin: "ignore",
    reject: false,
    maxBuffer: 16 * 2 ** 20,
    ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
  });
  const name = call.file.split("/").at(-1) ?? call.file;
  if (call.signal.aborted) {
    throw new FiredrillError("RUN_INTERRUPTED", `interrupted while ${name} was working`, {
      received: redact(call.args.join(" ")),
    });
  }
  const said = usefulLines(result.stderr);
  const complaint = result.timedOut ? `no end after ${call.timeoutMs / 1_000} s\n${said}` : said;
  return { ok: !result.failed, stdout: result.stdout, complaint: complaint || redact(result.message ?? "") };
}

/**
 * The environment of k3d, helm and kubectl: a user's own kubeconfig and settings are neither read nor written, and what the
 * tools keep for themselves lies in the run's folder.
 */
export function toolEnvironment(
  env: NodeJS.ProcessEnv,
  ours: { readonly home: string; readonly kubeconfig: string; readonly dockerHost: string },
): Record<string, string> {
  const foreign = /^(KUBE|K3D_|K3S_|HELM_|XDG_)/;
  const rest = Object.entries(neutralEnvironment(env)).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(rest),
    HOME: ours.home,
    KUBECONFIG: ours.kubeconfig,
    DOCKER_HOST: ours.dockerHost,
    HELM_CACHE_HOME: `${ours.home}/helm/cache`,
    HELM_CONFIG_HOME: `${ours.home}/helm/config`,
    HELM_DATA_HOME: `${ours.home}/helm/data`,
  };
}

/** The lines that say what went wrong: k3d's of level error and fatal if it wrote any, else the last ones. */
export function usefulLines(stderr: string): string {
  const lines = redact(stripVTControlCharacters(stderr))
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const grave = lines.filter((line) => /^(FATA|ERRO)\[/.test(line));
  return (grave.length > 0 ? grave : lines).slice(-MAX_COMPLAINT_LINES).join("\n");
}
