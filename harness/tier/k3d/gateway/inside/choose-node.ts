import type { TunnelFailure } from "../../../compose/gateway/gateway.ts";

/**
 * Which node a new connection goes through. As a cloud's load balancer does it (AWS network load balancer, GCP
 * passthrough load balancer): in turn over the nodes that answer their health check; when none does, over all of them,
 * because then it is the check that can't be trusted. The rest come last, for a connection that found its node dead.
 */
export function nodesInTurn<Node extends { readonly healthy: boolean }>(
  nodes: readonly Node[],
  turn: number,
): readonly Node[] {
  const healthy = nodes.filter((node) => node.healthy);
  const others = nodes.filter((node) => !node.healthy);
  return [...rotated(healthy, turn), ...rotated(others, turn)];
}

/**
 * Is a failure the service's answer, or only that of a dead node on the way, so that the next node is to be tried?
 * Whatever comes through a living node is what clients of this service get: a second try would hide a refusal that
 * every other client sees.
 */
export function isAnswer(failure: TunnelFailure, nodeLives: boolean): boolean {
  switch (failure) {
    // A packet came back: from the pod, or from kube-proxy, which rejects what has no endpoints.
    case "refused":
    case "reset":
    case "unresolved":
      return true;
    case "timeout":
    case "unreachable":
      return nodeLives;
  }
}

function rotated<T>(items: readonly T[], turn: number): readonly T[] {
  const start = items.length === 0 ? 0 : turn % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
