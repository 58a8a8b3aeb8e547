import { access, constants, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { StackSpec } from "../../stack/spec.ts";
import { neutralEnvironment, type ComposeCli } from "./compose-cli.ts";

export interface ShellEnvironmentInput {
  readonly spec: StackSpec;
  /** Where a service's port is reached from this machine; undefined when it is not. */
  readonly urlOf: (service: string, port: number) => string | undefined;
  readonly engineHost: string;
  /** Null for adopted containers, which no Compose file describes. */
  readonly compose: {
    readonly project: string;
    readonly file: string;
    readonly cli: ComposeCli;
    readonly runDir: string;
  } | null;
}

/**
 * The environment of runbook steps and checks: this process's own, the engine we use, Compose's variables so that a plain
 * `docker compose ps` means this stack, and `<SERVICE>_URL` for each service with ports (`<SERVICE>_<PORT>_URL` for each of several).
 */
export async function shellEnvironment(input: ShellEnvironmentInput): Promise<Record<string, string>> {
  const env: Record<string, string> = { ...neutralEnvironment(process.env), DOCKER_HOST: input.engineHost };
  Object.assign(env, serviceUrls(input.spec, input.urlOf));
  if (input.compose === null) return env;
  const { project, file, cli, runDir } = input.compose;
  Object.assign(env, { COMPOSE_PROJECT_NAME: project, COMPOSE_FILE: file });
  if (cli.command[0] === "docker") return env;
  const docker = await onPath("docker", env["PATH"] ?? "");
  env["PATH"] = `${await dockerShim(runDir, cli.command[0], docker)}${delimiter}${env["PATH"] ?? ""}`;
  return env;
}

/**
 * `load-balancer` with ports 8080 and 9090 → `LOAD_BALANCER_URL` (the first), `LOAD_BALANCER_8080_URL`, `LOAD_BALANCER_9090_URL`.
 * Which is the first, a Compose file says; in a chart it is the lowest.
 */
export function serviceUrls(spec: StackSpec, urlOf: ShellEnvironmentInput["urlOf"]): Record<string, string> {
  const urls: Record<string, string> = {};
  for (const { name, ports } of Object.values(spec.services)) {
    const prefix = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
    ports.forEach((port, index) => {
      const url = urlOf(name, port);
      if (url === undefined) return;
      if (index === 0) urls[`${prefix}_URL`] = url;
      if (ports.length > 1) urls[`${prefix}_${port}_URL`] = url;
    });
  }
  return urls;
}

/** Where docker does not find the plug-in that we found, a `docker` of ours in front of the real one does. */
async function dockerShim(runDir: string, plugin: string, docker: string | null): Promise<string> {
  const folder = join(runDir, "bin");
  const otherwise =
    docker === null
      ? "echo 'the docker command is not installed' >&2; exit 127"
      : `exec ${quoted(docker)} "$@"`;
  const compose = `if [ "$1" = compose ]; then shift; exec ${quoted(plugin)} "$@"; fi`;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "docker"), `#!/bin/sh\n${compose}\n${otherwise}\n`, { mode: 0o755 });
  return folder;
}

async function onPath(program: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, program);
    if (
      await access(file, constants.X_OK)
        .then(() => true)
        .catch(() => false)
    )
      return file;
  }
  return null;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
