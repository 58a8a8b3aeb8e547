import { DatabaseError } from "../../../harness/service/database.ts";
import type { Database, Tables } from "../../../harness/service/database.ts";
import type { Host, Service } from "../../../harness/service/host.ts";
import { RequestError } from "../../../harness/service/http.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "../../../harness/service/http.ts";
import { keyedRandom } from "../../../harness/service/random.ts";
import { virtualTime } from "./virtual-clock.testkit.ts";

/** What a message takes one way, in ms. */
const WIRE_MS = 1;
/** As the real hosts have it: a statement or a connection that gets no answer is given up after this. */
const DATABASE_TIMEOUT_MS = 5_000;

const line = (a: string, b: string) => [a, b].toSorted().join(" ");

interface Process {
  alive: boolean;
  readonly handlers: Map<number, HttpHandler>;
}

/** Services on virtual time, one network and one database of modelled tables: the smallest world they can live in. */
export function virtualWorld(seed: number) {
  const time = virtualTime();
  const processes = new Map<string, Process>();
  const cuts = new Set<string>();
  const logs: string[] = [];
  const tables: Tables = new Map();
  let databaseUp = true;
  let starts = 0;
  const wire = time.clock(() => true);

  async function exchange(from: string, request: HttpRequest): Promise<HttpResponse> {
    const { hostname, port, pathname, search } = new URL(request.url);
    const silence = async (): Promise<never> => {
      await wire.sleep(request.timeoutMs);
      throw new RequestError("timeout", request.url);
    };
    await wire.sleep(WIRE_MS);
    if (cuts.has(line(from, hostname))) return silence();
    const target = processes.get(hostname);
    const handler = target?.alive ? target.handlers.get(Number(port)) : undefined;
    if (target === undefined || handler === undefined) throw new RequestError("refused", request.url);
    const incoming = {
      method: request.method,
      path: pathname + search,
      headers: lowerCase(request.headers ?? {}),
      body: request.body ?? "",
      from,
    };
    const answer = handler(incoming).then(async (response) => {
      await wire.sleep(WIRE_MS);
      if (cuts.has(line(from, hostname))) return silence();
      if (!target.alive) throw new RequestError("reset", request.url);
      return response;
    });
    return Promise.race([answer, silence()]);
  }

  const connect = (from: string): Database => ({
    async run(statement, params) {
      await wire.sleep(WIRE_MS);
      if (cuts.has(line(from, "database"))) {
        await wire.sleep(DATABASE_TIMEOUT_MS);
        throw new DatabaseError("unknown", `${statement.name}: no answer`);
      }
      if (!databaseUp) throw new DatabaseError("none", `${statement.name}: connection refused`);
      const rows = statement.model(tables, params, time.nowMs());
      await wire.sleep(WIRE_MS);
      return rows;
    },
  });

  return {
    time,
    tables,
    logs,
    /** Starts (again) a service as a process of its own. */
    start(name: string, service: Service, env: Readonly<Record<string, string>> = {}): void {
      const process: Process = { alive: true, handlers: new Map() };
      processes.set(name, process);
      const clock = time.clock(() => process.alive);
      const host: Host = {
        name,
        env,
        clock,
        random: keyedRandom(seed, `${name}#${starts++}`),
        log: (message, fields) =>
          void logs.push(`${time.nowMs()} ${name} ${message} ${JSON.stringify(fields ?? {})}`),
        async serve(port, handler) {
          process.handlers.set(port, handler);
        },
        request: (request) => exchange(name, request),
        database: () => connect(name),
      };
      void service(host);
    },
    kill(name: string): void {
      const process = processes.get(name);
      if (process) process.alive = false;
    },
    cut: (a: string, b: string) => void cuts.add(line(a, b)),
    heal: (a: string, b: string) => void cuts.delete(line(a, b)),
    databaseUp: (up: boolean) => void (databaseUp = up),
    /** One exchange from outside. With `wait`, time passes until it has ended; else the test lets it pass. */
    async send(request: HttpRequest, wait: boolean): Promise<HttpResponse> {
      const state = { ended: !wait };
      const answer = exchange("outside", request).finally(() => (state.ended = true));
      answer.catch(() => {});
      const untilMs = time.nowMs() + request.timeoutMs + 2 * WIRE_MS;
      while (!state.ended && time.nowMs() < untilMs) await time.advance(WIRE_MS);
      return answer;
    },
    async ask(
      method: "GET" | "POST" | "PUT" | "DELETE",
      url: string,
      body?: object,
    ): Promise<{ status: number; value: unknown }> {
      const request = { method, url, timeoutMs: 60_000, ...(body && { body: JSON.stringify(body) }) };
      const response = await this.send(request, true);
      return { status: response.status, value: JSON.parse(response.body) };
    },
  };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
