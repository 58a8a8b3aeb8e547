import { FiredrillError } from "../../../error.ts";
import type { Dependency } from "../../../stack/spec.ts";
import type { Clock } from "../../../time/clock.ts";
import type { World } from "../world.ts";
import type { Container } from "./container.ts";

/** Compose asks for the state of a dependency this often (compose, convergence.go). */
const POLL_MS = 500;
/** For one health check. */
const HEALTH_TIMEOUT_MS = 2_000;
/** Our own: a stack that is not healthy after this much virtual time never will be. */
const LIMIT_MS = 120_000;

/** Does the service do its work? An HTTP stand-in says so itself, at GET /health. */
export async function isHealthy(world: World, container: Container): Promise<boolean> {
  if (container.state.state !== "running") return false;
  const { healthPort } = container.program;
  if (healthPort === null) return container.process?.ready ?? false;
  const url = `http://localhost:${healthPort}/health`;
  const answer = world.request({ method: "GET", url, timeoutMs: HEALTH_TIMEOUT_MS }, container.spec.name);
  return answer.then(
    ({ status }) => status === 200,
    () => false,
  );
}

/**
 * Starts these services in the order of `depends_on`; with `wait`, until each one is healthy.
 * @throws RUN_STACK when one does not come up, RUN_INTERRUPTED when the signal is aborted.
 */
export async function bringUp(
  world: World,
  clock: Clock,
  names: readonly string[],
  wait: boolean,
  signal: AbortSignal,
): Promise<void> {
  const limitMs = clock.nowMs() + LIMIT_MS;
  const until = async (container: Container, what: string, holds: () => boolean | Promise<boolean>) => {
    while (!(await holds())) {
      if (signal.aborted) throw new FiredrillError("RUN_INTERRUPTED", "interrupted while the stack came up");
      if (["exited", "missing"].includes(container.state.state) || clock.nowMs() >= limitMs)
        throw notUp(container, what);
      await clock.sleep(POLL_MS, signal);
    }
  };
  const met = ({ service, condition }: Dependency) => {
    const dependency = world.container(service);
    if (condition === "service_healthy")
      return until(dependency, "healthy", () => isHealthy(world, dependency));
    const isThere = () =>
      condition === "service_started"
        ? dependency.process !== null
        : dependency.state.state === "exited" && dependency.state.exitCode === 0;
    return until(dependency, condition, isThere);
  };
  const started = new Map<string, Promise<void>>();
  const start = (name: string): Promise<void> => {
    const known = started.get(name);
    if (known) return known;
    const container = world.container(name);
    const begin = async () => {
      for (const dependency of container.spec.dependsOn) {
        await start(dependency.service);
        await met(dependency);
      }
      container.start("started");
    };
    const starting = begin();
    started.set(name, starting);
    return starting;
  };
  await Promise.all(names.map(start));
  if (!wait) return;
  await Promise.all(
    [...started.keys()].map((name) => {
      const container = world.container(name);
      return until(container, "healthy", () => isHealthy(world, container));
    }),
  );
}

function notUp(container: Container, what: string): FiredrillError {
  const { state, exitCode } = container.state;
  const lastLines = container.log.trimEnd().split("\n").slice(-3).join(" | ");
  return new FiredrillError("RUN_STACK", `service ${container.spec.name} did not become ${what}`, {
    received: `${state}${exitCode === null ? "" : ` with exit status ${exitCode}`}; last log lines: ${lastLines || "none"}`,
    expected:
      container.program.healthPort === null
        ? "a process that is ready"
        : "200 at GET /health on its first port",
    hint: "correct the service's environment in the Compose file, or its model",
  });
}
