import { DatabaseError } from "../../../service/database.ts";
import type { Host } from "../../../service/host.ts";
import { ConnectionCut } from "../../../service/http.ts";
import type { HttpHandler, HttpResponse } from "../../../service/http.ts";
import { sleepUntil, wallMs } from "../kernel/clock.ts";
import { stream } from "../kernel/streams.ts";
import { exchange, responseOrThrow } from "../network/http-client.ts";
import type { Listener } from "../network/connection.ts";
import { databaseClient } from "../storage/database-client.ts";
import type { Life } from "./program.ts";

/**
 * The world of a stand-in for one life, with the manners of service/node-host.ts: the same code runs on both. What a
 * dead process still asks for is never answered.
 */
export function processHost(life: Life): Host {
  const { world, process, env } = life;
  const log: Host["log"] = (message, fields = {}) => {
    const at = new Date(wallMs(world.kernel)).toISOString();
    life.log(JSON.stringify({ at, service: process.name, message, ...fields }));
  };
  return {
    name: process.name,
    env,
    clock: {
      nowMs: () => process.nowMs(),
      sleep: (ms, signal) =>
        new Promise((resolve) => sleepUntil((wake) => process.after(ms, wake), resolve, signal)),
    },
    random: stream(world.seed, process.name, `service/${process.generation}`),
    log,
    async serve(port, handler) {
      if (process.listeners.has(port))
        throw new Error(`listen EADDRINUSE: address already in use :::${port}`);
      const report = (error: unknown) => log("a request failed", { port, error: describe(error) });
      if (process.alive) process.listeners.set(port, httpListener(handler, report));
    },
    request: (request) =>
      new Promise((resolve, reject) => {
        if (!process.alive) return;
        exchange(world, process, request, (outcome) => {
          try {
            resolve(responseOrThrow(request, outcome));
          } catch (error) {
            reject(error);
          }
        });
      }),
    database: (url) => databaseClient(world, process, url),
  };
}

function httpListener(handler: HttpHandler, report: (error: unknown) => void): Listener {
  return {
    protocol: "http",
    serve(request, answer, reset) {
      const respond = (response: HttpResponse) =>
        answer({ ...response, headers: lowerCase(response.headers) });
      // As a real server does: a handler that throws answers 500.
      handler(request).then(respond, (error: unknown) => {
        if (error instanceof ConnectionCut) return reset();
        report(error);
        answer({ status: 500, headers: {}, body: "internal error\n" });
      });
    },
  };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Without the stack: its paths differ between machines, and the log is part of the trace. */
function describe(error: unknown): string {
  if (error instanceof DatabaseError) return `${error.name} (${error.outcome}): ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
