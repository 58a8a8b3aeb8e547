import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa, ExecaError } from "execa";
import { FiredrillError } from "../../error.ts";
import { cacheDir } from "../../stack/images/index.ts";

/** Docker Compose v2, ready to be called. */
export interface ComposeCli {
  /** `["docker", "compose"]`, or the plug-in's path alone: it runs by itself too. */
  readonly command: readonly [string, ...string[]];
  /** E.g. `2.40.3`. */
  readonly version: string;
}

export type ComposeSearch =
  | { readonly found: true; readonly cli: ComposeCli }
  | { readonly found: false; readonly tried: readonly string[] };

const LOOK_WITHIN_MS = 10_000;

/** Where the docker CLI looks for plug-ins of all users (docker/cli, cli-plugins/manager). */
const SYSTEM_FOLDERS = [
  "/usr/local/lib/docker/cli-plugins",
  "/usr/local/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
];

/**
 * Finds Compose v2: `docker compose`, else the plug-in in docker's plug-in folders or in our own cache, where
 * `doctor --fix` puts it, else `docker-compose` on the path. The Python version 1 is refused: it has neither `--wait` nor `config --format json`.
 */
export async function findCompose(
  env: NodeJS.ProcessEnv = process.env,
  systemFolders: readonly string[] = SYSTEM_FOLDERS,
): Promise<ComposeSearch> {
  const tried: string[] = [];
  for (const command of await candidates(env, systemFolders)) {
    const result = await askVersion(command, env);
    if (result.version !== null && Number.parseInt(result.version, 10) >= 2) {
      return { found: true, cli: { command, version: result.version } };
    }
    tried.push(
      `${command.join(" ")}: ${result.version === null ? result.problem : `version ${result.version} is too old`}`,
    );
  }
  return { found: false, tried };
}

/** @throws ENV_COMPOSE with everything that was tried. */
export async function requireCompose(...where: Parameters<typeof findCompose>): Promise<ComposeCli> {
  const search = await findCompose(...where);
  if (search.found) return search.cli;
  throw new FiredrillError("ENV_COMPOSE", "Docker Compose v2 was not found", {
    received: search.tried.join("; "),
    expected: "Compose 2 or newer as `docker compose`",
    hint: "npx firedrill doctor --fix",
  });
}

async function candidates(
  env: NodeJS.ProcessEnv,
  systemFolders: readonly string[],
): Promise<[string, ...string[]][]> {
  const folders = [
    join(env["DOCKER_CONFIG"] ?? join(homedir(), ".docker"), "cli-plugins"),
    ...systemFolders,
    join(cacheDir(env), "bin"),
  ];
  const plugins: [string][] = [];
  for (const folder of folders) {
    const path = join(folder, "docker-compose");
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) plugins.push([path]);
  }
  return [["docker", "compose"], ...plugins, ["docker-compose"]];
}

type VersionAnswer = { readonly version: string } | { readonly version: null; readonly problem: string };

async function askVersion(
  [file, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Promise<VersionAnswer> {
  try {
    const { stdout } = await execa(file, [...args, "version", "--short"], { env, timeout: LOOK_WITHIN_MS });
    const version = /^v?(\d+\.\d+\.\d+\S*)/.exec(stdout.trim())?.[1];
    return version === undefined
      ? { version: null, problem: `answered "${stdout.trim().slice(0, 80)}"` }
      : { version };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    return { version: null, problem: error.code === "ENOENT" ? "not installed" : error.shortMessage };
  }
}

export interface ComposeCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The command is killed after this long. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ComposeAnswer {
  readonly ok: boolean;
  readonly stdout: string;
  /** What a person would read: standard error, or why the command did not end by itself. */
  readonly complaint: string;
}

/** Runs one Compose command to its end. Failure is an answer here; @throws RUN_INTERRUPTED when `signal` was aborted. */
export async function runCompose(cli: ComposeCli, call: ComposeCall): Promise<ComposeAnswer> {
  const [file, ...args] = cli.command;
  const result = await execa(file, [...args, ...call.args], {
    env: { ...neutralEnvironment(process.env), ...call.env },
    extendEnv: false,
    timeout: call.timeoutMs,
    cancelSignal: call.signal,
    stdin: "ignore",
    reject: false,
    maxBuffer: 16 * 2 ** 20,
  });
  if (call.signal.aborted) {
    throw new FiredrillError("RUN_INTERRUPTED", "interrupted while Compose was working", {
      received: call.args.join(" "),
    });
  }
  const complaint = result.timedOut
    ? `no end after ${call.timeoutMs / 1_000} s\n${result.stderr}`
    : result.stderr;
  return { ok: !result.failed, stdout: result.stdout, complaint: complaint || (result.message ?? "") };
}

/**
 * The environment for child processes: a user's own `COMPOSE_FILE`, `COMPOSE_PROFILES` and the like must not change
 * what a scenario means, and `DOCKER_CONTEXT` must not overrule the engine we found (it beats `DOCKER_HOST`).
 */
export function neutralEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !entry[0].startsWith("COMPOSE_") && entry[0] !== "DOCKER_CONTEXT",
    ),
  );
}
