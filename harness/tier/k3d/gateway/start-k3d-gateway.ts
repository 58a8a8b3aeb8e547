import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import type { ServiceSpec } from "../../../stack/spec.ts";
import type { Clock } from "../../../time/clock.ts";
import { runGateway, type Gateway, type GatewayPlan } from "../../compose/gateway/run-gateway.ts";
import { innerNames } from "./inner-names.ts";
import { gatewayProgram } from "./program.ts";
import { MAX_NODES, type Routes } from "./routes.ts";

const ROUTES_WITHIN_MS = 5_000;

/** The names are the services' own and those under which pods know them. */
export interface K3dGatewayPlan extends Omit<GatewayPlan, "services" | "innerNames"> {
  readonly services: readonly ServiceSpec[];
}

/** The gateway of a stack of clusters. It knows no way until it is told one. */
export interface K3dGateway extends Gateway {
  /** Replaces every way. @throws RUN_STACK when the gateway does not take it */
  setRoutes(routes: Routes): Promise<void>;
}

/**
 * Starts the gateway on the clusters' network. `plan.image` needs Node, `ip` and `iptables`.
 * @throws RUN_STACK when it does not answer in time
 */
export async function startK3dGateway(
  docker: Docker,
  plan: K3dGatewayPlan,
  clock: Clock,
  signal: AbortSignal,
): Promise<K3dGateway> {
  const { command, env } = await gatewayProgram();
  const program = {
    command,
    env: (config: unknown) => [env, `FIREDRILL_K3D_GATEWAY=${JSON.stringify(config)}`],
    // Routing tables and source addresses of its own, in its own network namespace.
    hostConfig: { CapAdd: ["NET_ADMIN"] },
  };
  const gateway = await runGateway(
    docker,
    { ...plan, innerNames: innerNames(plan.services) },
    program,
    clock,
    signal,
  );
  return { ...gateway, setRoutes: (routes) => putRoutes(gateway.controlPort, routes) };
}

async function putRoutes(controlPort: number, routes: Routes): Promise<void> {
  if (routes.nodes.length > MAX_NODES) {
    throw new FiredrillError("USAGE_STACK", "too many nodes for one gateway", {
      received: `${routes.nodes.length} nodes`,
      expected: `at most ${MAX_NODES}`,
    });
  }
  const refused = (received: string, cause?: unknown) =>
    new FiredrillError("RUN_STACK", "the stack's gateway does not take its routes", {
      received,
      hint: "leave the container whose name ends in -gateway alone: all requests go through it",
      cause,
    });
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${controlPort}/routes`, {
      method: "PUT",
      headers: { connection: "close" },
      body: JSON.stringify(routes),
      signal: AbortSignal.timeout(ROUTES_WITHIN_MS),
    });
  } catch (error) {
    throw refused(String(error), error);
  }
  if (!response.ok) throw refused((await response.text()).slice(0, 500));
}
