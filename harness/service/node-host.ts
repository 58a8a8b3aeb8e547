import { randomInt } from "node:crypto";
import type { Server } from "node:http";
import { systemClock } from "../time/system-clock.ts";
import type { Host, Random, Service } from "./host.ts";
import { sendHttp, serveHttp } from "./node-http.ts";
import { nodePostgres } from "./node-postgres.ts";
import type { NodeDatabase } from "./node-postgres.ts";

/** `randomInt` takes ranges below this. */
const RANDOM_RANGE = 2 ** 48 - 1;

export interface NodeHostOptions {
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives the service's log, one JSON object a line, without the line's end. Default: standard output. */
  readonly write?: (line: string) => void;
}

/** A host in a real process; `close` stops its servers and connections, not its loops. */
export interface NodeHost extends Host {
  close(): Promise<void>;
}

/** The real world for a service: sockets, Postgres, the system's clock and randomness. */
export function nodeHost(options: NodeHostOptions): NodeHost {
  const write = options.write ?? ((line) => void process.stdout.write(`${line}\n`));
  const servers: Server[] = [];
  const databases: NodeDatabase[] = [];
  const log: Host["log"] = (message, fields = {}) =>
    write(JSON.stringify({ at: new Date().toISOString(), service: options.name, message, ...fields }));
  return {
    name: options.name,
    env: Object.fromEntries(
      Object.entries(options.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
    clock: systemClock(),
    random: systemRandom(),
    log,
    async serve(port, handler) {
      const report = (error: unknown) => log("a request failed", { port, error: describe(error) });
      servers.push(await serveHttp(port, handler, report));
    },
    request: sendHttp,
    database(url) {
      const database = nodePostgres(url);
      databases.push(database);
      return database;
    },
    async close() {
      await Promise.all(servers.map(closeServer));
      await Promise.all(databases.map((database) => database.close()));
    },
  };
}

/**
 * Runs a service as a container's main process: until SIGTERM or SIGINT, then exit status 0. The kernel
 * gives PID 1 no default handlers, so without ours `docker stop` would wait its ten seconds and kill.
 */
export async function runService(service: Service, options: NodeHostOptions): Promise<void> {
  const host = nodeHost(options);
  const leave = (signal: string) => {
    host.log("stopping", { signal });
    process.exit(0);
  };
  process.once("SIGTERM", leave);
  process.once("SIGINT", leave);
  process.on("uncaughtException", (error) => {
    host.log("crashed", { error: describe(error) });
    process.exit(1);
  });
  await service(host);
  host.log("started", { pid: process.pid });
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function systemRandom(): Random {
  return { next: () => randomInt(RANDOM_RANGE) / RANDOM_RANGE, below: (bound) => randomInt(bound) };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
