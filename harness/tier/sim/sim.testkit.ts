import { systemClock } from "../../time/system-clock.ts";
import type { EventBody } from "../../events/vocabulary.ts";
import type { FaultKind } from "../../fault/kinds.ts";
import type { ResolvedFault } from "../../fault/injector.ts";
import type { Host, Service } from "../../service/host.ts";
import { text } from "../../service/http.ts";
import type { ServiceSpec, StackSpec } from "../../stack/spec.ts";
import type { ShellResult } from "../tier.ts";
import { serviceProgram } from "./services/module-program.ts";
import { postgresBackupProgram } from "./services/postgres-backup.ts";
import { postgresProgram } from "./services/postgres.ts";
import type { Program } from "./services/program.ts";
import type { SimStack } from "./sim-stack.ts";
import { startStack } from "./sim-tier.ts";

export interface TestService extends Partial<Omit<ServiceSpec, "name">> {
  /** What runs: a stand-in, or a built-in model. */
  readonly runs: Service | "postgres" | "postgres-backup";
}

export interface TestStack {
  readonly stack: SimStack;
  readonly events: EventBody[];
  /** Runs a script with a generous limit. */
  sh(script: string, env?: Record<string, string>): Promise<ShellResult>;
  /** Prepares, applies and confirms a fault. Returns its evidence. */
  inject(kind: FaultKind, fault: Partial<ResolvedFault> & { targets: readonly string[] }): Promise<string>;
  revert(): Promise<void>;
}

/** Brings a stack of these services up in a fresh world. */
export async function bring(services: Readonly<Record<string, TestService>>, seed = 1): Promise<TestStack> {
  const specs = Object.entries(services).map(([name, service]) => specOf(name, service));
  const spec: StackSpec = {
    name: "test",
    file: "/stack/compose.yaml",
    services: Object.fromEntries(specs.map((it) => [it.name, it])),
    roles: {},
    places: {},
    kubernetes: null,
  };
  const programs = new Map(Object.entries(services).map(([name, it]) => [name, programOf(it)]));
  const events: EventBody[] = [];
  const stack = await startStack(spec, programs, {
    runId: "test",
    runDir: "/nowhere",
    trial: 0,
    seed,
    emit: (event) => void events.push(event),
    signal: new AbortController().signal,
    keepUntil: null,
    times: "production",
    reuse: false,
    clock: systemClock(),
  });
  const applied: Parameters<SimStack["undo"]>[0][] = [];
  return {
    stack,
    events,
    sh: (script, env = {}) =>
      stack.runShell({ script, env, timeoutMs: 300_000, signal: new AbortController().signal }),
    async inject(kind, fault) {
      const injector = stack.injectors[kind];
      if (!injector) throw new Error(`no injector for ${kind}`);
      const full = { id: `${kind}-1`, kind, peers: [], params: {}, ttlMs: 600_000, ...fault };
      const prepared = await injector.prepare(full);
      applied.push(...prepared.undo);
      await prepared.apply();
      const { confirmed, evidence } = await prepared.confirm();
      if (!confirmed) throw new Error(`not confirmed: ${evidence}`);
      return evidence;
    },
    async revert() {
      for (const action of applied.splice(0)) await stack.undo(action);
    },
  };
}

/** Answers 200 at every path; calls `then` once it serves. */
export function echo(then: (host: Host) => void = () => {}): Service {
  return async (host) => {
    await host.serve(80, async ({ path, body, from }) =>
      text(200, `${host.name} ${path} ${body} ${from}`.trim()),
    );
    then(host);
  };
}

/** The status of one request from outside, or the word for why there was none. */
export async function knock(stack: SimStack, url: string, timeoutMs = 1_000): Promise<number | string> {
  return stack.request({ method: "GET", url, timeoutMs }).then(({ status }) => status, failureOf);
}

export function failureOf(error: unknown): string {
  return (error as { failure?: string }).failure ?? String(error);
}

function specOf(name: string, service: TestService): ServiceSpec {
  const { runs, ...given } = service;
  return {
    name,
    image: null,
    environment: {},
    dependsOn: [],
    ports: typeof runs === "string" ? [] : [80],
    restart: "no",
    memoryLimitBytes: null,
    volumes: {},
    role: name,
    node: name,
    model: "test",
    mock: null,
    workload: null,
    ...given,
  };
}

function programOf({ runs, ports, mock = null }: TestService): Program {
  if (mock !== null && typeof runs !== "string") {
    // As a mock's listeners have it: the control port is the last.
    const controlPort = (ports ?? []).at(-1) ?? 80;
    return { ...serviceProgram(runs, controlPort), controlPort };
  }
  if (runs === "postgres") return postgresProgram;
  if (runs === "postgres-backup") return postgresBackupProgram;
  return serviceProgram(runs, (ports ?? [80])[0] ?? null);
}
