import { homedir } from "node:os";
import Docker from "dockerode";
import { FiredrillError } from "../../error.ts";
import { engineStrategies, type Strategy, type Surroundings } from "./engine-strategies.ts";

/** What became of one way to an engine; `doctor` prints these. */
export interface StrategyOutcome {
  readonly name: string;
  readonly outcome: "used" | "rejected";
  readonly detail: string;
}

/** An engine that answers. */
export interface Engine {
  readonly docker: Docker;
  /** For `DOCKER_HOST` of child processes. */
  readonly host: string;
  /** E.g. `20.10.24`. */
  readonly version: string;
  /** E.g. `1.41`. */
  readonly apiVersion: string;
}

export type EngineSearch =
  | { readonly found: true; readonly engine: Engine; readonly strategies: readonly StrategyOutcome[] }
  | { readonly found: false; readonly strategies: readonly StrategyOutcome[] };

/** The oldest API that has all we use: engine 20.10, the oldest on a supported Debian. */
const MIN_API = [1, 41] as const;
const ANSWER_WITHIN_MS = 3_000;

/** Tries each way to a Docker engine in turn; takes seconds at most and changes nothing. */
export async function findEngine(around: Surroundings = thisMachine()): Promise<EngineSearch> {
  const strategies: StrategyOutcome[] = [];
  for (const strategy of await engineStrategies(around)) {
    const result = await tryStrategy(strategy);
    if (typeof result !== "string") {
      strategies.push({
        name: strategy.name,
        outcome: "used",
        detail: `engine ${result.version}, API ${result.apiVersion}`,
      });
      return { found: true, engine: result, strategies };
    }
    strategies.push({ name: strategy.name, outcome: "rejected", detail: result });
  }
  return { found: false, strategies };
}

/** @throws ENV_ENGINE with every strategy that was tried and why it was rejected. */
export async function requireEngine(around?: Surroundings): Promise<Engine> {
  const search = await findEngine(around);
  if (search.found) return search.engine;
  throw new FiredrillError("ENV_ENGINE", "no Docker engine answers", {
    received: search.strategies.map(({ name, detail }) => `${name}: ${detail}`).join("; "),
    expected: `a local Docker engine with API ${MIN_API.join(".")} or newer`,
    hint: "npx firedrill doctor --fix",
  });
}

function thisMachine(): Surroundings {
  return { env: process.env, home: homedir(), uid: process.getuid?.() ?? null, platform: process.platform };
}

/** The engine, or why this is not the way to one. */
async function tryStrategy(strategy: Strategy): Promise<Engine | string> {
  if ("rejected" in strategy.options) return strategy.options.rejected;
  try {
    const probe = new Docker({ ...strategy.options, timeout: ANSWER_WITHIN_MS });
    const { Version: version, ApiVersion: apiVersion } = await probe.version();
    if (!isRecent(apiVersion)) return `API ${apiVersion} is too old (need ${MIN_API.join(".")})`;
    // Without the time limit: event streams and waits live longer.
    return { docker: new Docker(strategy.options), host: strategy.host, version, apiVersion };
  } catch (error) {
    return describeFailure(error);
  }
}

function isRecent(apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split(".").map(Number);
  return major > MIN_API[0] || (major === MIN_API[0] && minor >= MIN_API[1]);
}

function describeFailure(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case "ENOENT":
      return "no such socket";
    case "ECONNREFUSED":
      return "nobody listens there";
    case "EACCES":
      return "no permission; add yourself to the group that owns the socket";
    case "ECONNRESET":
    case "ETIMEDOUT":
      return `no answer within ${ANSWER_WITHIN_MS / 1_000} s`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
