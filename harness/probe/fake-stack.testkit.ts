import { Bash } from "just-bash";
import type { EventBody, EventKind } from "../events/vocabulary.ts";
import { type HttpRequest, type HttpResponse, RequestError } from "../service/http.ts";
import type { RunningStack, ShellResult, ShellStep } from "../tier/tier.ts";
import { VirtualClock } from "./virtual-clock.testkit.ts";

export interface FakeStackOptions {
  /** Answers a request; may sleep on the clock, and may throw. Default: refuses everything. */
  readonly respond?: (request: HttpRequest, clock: VirtualClock) => Promise<HttpResponse> | HttpResponse;
  /** Runs a step. Default: an embedded Bash whose `sleep` takes virtual time. */
  readonly shell?: (step: ShellStep, clock: VirtualClock) => Promise<ShellResult>;
}

type Recorded = EventBody & { readonly t: number };

/** A stack that answers as a test tells it to, on a clock that the test moves, and the events that came of it. */
export interface FakeStack {
  readonly stack: RunningStack;
  readonly clock: VirtualClock;
  readonly emit: (event: EventBody) => void;
  readonly events: readonly Recorded[];
  /** The events of one kind. */
  of<Kind extends EventKind>(kind: Kind): Extract<Recorded, { kind: Kind }>[];
  /** Every step that was started. */
  readonly steps: readonly ShellStep[];
}

export function fakeStack({ respond = refuse, shell = embeddedBash }: FakeStackOptions = {}): FakeStack {
  const clock = new VirtualClock();
  const events: Recorded[] = [];
  const steps: ShellStep[] = [];
  const stack: RunningStack = {
    tier: "sim",
    spec: { name: "fake", file: "", services: {}, roles: {}, places: {}, kubernetes: null },
    clock,
    injectors: {},
    state: () => absent("state"),
    logs: () => absent("logs"),
    undo: () => absent("undo"),
    audit: () => absent("audit"),
    fingerprint: () => absent("fingerprint"),
    outsideAttempts: () => absent("outsideAttempts"),
    request: async (request) => withTimeout(request, clock, respond),
    runShell: async (step) => {
      steps.push(step);
      return shell(step, clock);
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return {
    stack,
    clock,
    steps,
    events,
    emit: (event) => void events.push({ t: clock.nowMs(), ...event }),
    of: (kind) => events.filter((event): event is never => event.kind === kind),
  };
}

/** As every tier does: silence ends as a `timeout` at the request's own limit. */
async function withTimeout(
  request: HttpRequest,
  clock: VirtualClock,
  respond: NonNullable<FakeStackOptions["respond"]>,
): Promise<HttpResponse> {
  const answered = new AbortController();
  const limit = clock.sleep(request.timeoutMs, answered.signal).then((): HttpResponse => {
    throw new RequestError("timeout", "no answer");
  });
  limit.catch(() => {});
  try {
    return await Promise.race([Promise.resolve().then(() => respond(request, clock)), limit]);
  } finally {
    answered.abort();
  }
}

function refuse(request: HttpRequest): never {
  throw new RequestError("refused", `nobody listens at ${request.url}`);
}

function absent(what: string): Promise<never> {
  return Promise.reject(new Error(`the fake stack has no ${what}`));
}

/** Runs the step's text for real, in just-bash; variables that it exports come back, as on a tier. */
export async function embeddedBash(step: ShellStep, clock: VirtualClock): Promise<ShellResult> {
  const bash = new Bash();
  const script = `set -euo pipefail\n${step.script}`;
  const result = await clock.whileBusy(() => bash.exec(script, { env: { ...step.env } }));
  const shellsOwn = new Set(Object.keys((await clock.whileBusy(() => bash.exec(":"))).env));
  const env = Object.fromEntries(Object.entries(result.env).filter(([name]) => !shellsOwn.has(name)));
  return { outcome: "exited", exitCode: result.exitCode, output: result.stdout + result.stderr, env };
}
