import { request } from "node:https";

/**
 * The kubelet's port. A cloud's load balancer asks kube-proxy (port 10256), but k3s binds that one to loopback
 * (k3s, pkg/daemons/agent, `healthz-bind-address`); both are gone when a node's processes are frozen or dead.
 */
const KUBELET_PORT = 10_250;
const ANSWER_WITHIN_MS = 1_000;
const BETWEEN_CHECKS_MS = 1_000;

/**
 * Do processes on this node answer? Any HTTP status will do (the kubelet says 401 to strangers). A bare connection would
 * not: a frozen node's kernel still accepts it.
 */
export function nodeAnswers(address: string, port = KUBELET_PORT): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request({
      host: address,
      port,
      path: "/healthz",
      agent: false,
      // Only whether it answers is asked, not who it is.
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    outgoing.once("response", (response) => {
      response.destroy();
      resolve(true);
    });
    outgoing.on("error", () => resolve(false)).end();
  });
}

export interface NodeHealth {
  /** By the last check; a node that has not been asked yet counts as healthy. */
  isHealthy(address: string): boolean;
  /** Asks now, or joins the question that is under way. */
  check(address: string): Promise<boolean>;
}

/** Checks every address that `addresses` names, again and again. The timer does not keep the process alive. */
export function watchHealth(
  addresses: () => readonly string[],
  ask: (address: string) => Promise<boolean> = nodeAnswers,
): NodeHealth {
  let known = new Map<string, boolean>();
  const asking = new Map<string, Promise<boolean>>();
  const check = (address: string) => {
    const under = asking.get(address);
    if (under) return under;
    const asked = ask(address).then((healthy) => {
      asking.delete(address);
      known.set(address, healthy);
      return healthy;
    });
    asking.set(address, asked);
    return asked;
  };
  setInterval(() => {
    const now = new Set(addresses());
    // Whoever comes back under an old address starts anew.
    known = new Map([...known].filter(([address]) => now.has(address)));
    for (const address of now) void check(address);
  }, BETWEEN_CHECKS_MS).unref();
  return { isHealthy: (address) => known.get(address) ?? true, check };
}
