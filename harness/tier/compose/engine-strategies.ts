import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DockerOptions } from "dockerode";

/** One way to reach an engine, before anybody has tried it. */
export interface Strategy {
  /** As a person knows it: `DOCKER_HOST`, `docker context "desktop-linux"`, `/var/run/docker.sock`. */
  readonly name: string;
  /** For `DOCKER_HOST` of child processes: `unix:///var/run/docker.sock`. */
  readonly host: string;
  readonly options: DockerOptions | { readonly rejected: string };
  /** The user asked for exactly this one: if it fails, no other is tried. */
  readonly decisive: boolean;
}

/** What the search looks at; injected so that it can be tested. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Null where there are no user ids (Windows). */
  readonly uid: number | null;
  readonly platform: NodeJS.Platform;
}

/**
 * The ways to an engine in the order in which the docker CLI and testcontainers try them: `DOCKER_HOST`, the
 * current docker context, the system's socket, then rootless and desktop sockets.
 */
export async function engineStrategies(around: Surroundings): Promise<Strategy[]> {
  const { env, home, uid } = around;
  const host = env["DOCKER_HOST"];
  if (host !== undefined && host !== "") return [strategy(`DOCKER_HOST=${host}`, host, true)];
  const context = await currentContext(around);
  if (context?.decisive) return [context];
  if (around.platform === "win32") {
    return [...(context ? [context] : []), strategy("named pipe", "npipe:////./pipe/docker_engine", false)];
  }
  const runtime = env["XDG_RUNTIME_DIR"] ?? (uid === null ? undefined : `/run/user/${uid}`);
  const sockets = [
    "/var/run/docker.sock",
    ...(runtime === undefined ? [] : [join(runtime, "docker.sock")]),
    ...[".docker/run", ".docker/desktop", ".colima/default", ".orbstack/run", ".rd"].map((folder) =>
      join(home, folder, "docker.sock"),
    ),
  ];
  return [...(context ? [context] : []), ...sockets.map((path) => strategy(path, `unix://${path}`, false))];
}

function strategy(name: string, host: string, decisive: boolean): Strategy {
  return { name, host, options: connectionOptions(host), decisive };
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** dockerode's options for a `DOCKER_HOST` value, or why Firedrill does not use it. */
export function connectionOptions(host: string): Strategy["options"] {
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(host)?.[1];
  if (socket !== undefined) return { socketPath: socket };
  const url = URL.canParse(host) ? new URL(host.replace(/^tcp:/, "http:")) : null;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    return { rejected: `"${host}" is neither unix://, npipe:// nor tcp://` };
  }
  if (!LOOPBACK.has(url.hostname)) {
    return {
      rejected: `${url.hostname} is another machine; a stack's ports would open there, out of reach of the probes`,
    };
  }
  return { protocol: "http", host: url.hostname, port: Number(url.port || 2375) };
}

/** The context of `DOCKER_CONTEXT` or of docker's `config.json`; null for the default one. */
async function currentContext({ env, home }: Surroundings): Promise<Strategy | null> {
  const config = env["DOCKER_CONFIG"] ?? join(home, ".docker");
  const named = env["DOCKER_CONTEXT"];
  const current = named ?? field(await readJson(join(config, "config.json")), "currentContext");
  if (current === undefined || current === "" || current === "default") return null;
  const name = `docker context "${current}"`;
  // The docker CLI keeps a context under the SHA-256 of its name (docker/cli, cli/context/store).
  const digest = createHash("sha256").update(current).digest("hex");
  const meta = await readJson(join(config, "contexts", "meta", digest, "meta.json"));
  const host = field(field(field(meta, "Endpoints"), "docker"), "Host");
  const decisive = named !== undefined;
  if (typeof host !== "string") {
    return { name, host: "", options: { rejected: "there is no such context" }, decisive };
  }
  return strategy(`${name} (${host})`, host, decisive);
}

function field(value: unknown, name: "currentContext"): string | undefined;
function field(value: unknown, name: string): unknown;
function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as unknown;
  } catch {
    return undefined;
  }
}
