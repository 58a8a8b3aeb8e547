import { createHash } from "node:crypto";
import type { ClusterSpec } from "../../../stack/spec.ts";
import type { NodeRef } from "./cluster.ts";

/** What the names of all clusters of a run begin with; the run's label says the rest. */
export function clusterPrefix(runId: string): string {
  return `fd-${createHash("sha256").update(runId).digest("hex").slice(0, 8)}`;
}

/** k3d's name for one cluster of one trial: `fd-1a2b3c4d-t1-main`. */
export function clusterId(runId: string, trial: number, cluster: string): string {
  return `${clusterPrefix(runId)}-t${trial}-${cluster}`;
}

/** The nodes of a cluster, servers first, as k3d names them. */
export function nodesOf(spec: ClusterSpec, id: string, several: boolean): NodeRef[] {
  const node = (role: NodeRef["role"]) => (_: unknown, index: number) => ({
    place: `${role}-${index}${several ? `.${spec.name}` : ""}`,
    cluster: spec.name,
    name: `k3d-${id}-${role}-${index}`,
    role,
  });
  return [...Array.from({ length: spec.servers }, node("server")), ...spec.agents.map(node("agent"))];
}
