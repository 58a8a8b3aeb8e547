import { FiredrillError } from "../../../error.ts";
import type { StackSpec, WorkloadRef } from "../../../stack/spec.ts";
import type { Pod } from "../api/objects.ts";
import type { Cluster, NodeRef } from "../cluster/cluster.ts";
import { nodesOf } from "../cluster/names.ts";
import type { Located } from "./context.ts";

/** Finds targets by name, asking the cluster for a service's pods each time. */
export function locator(spec: StackSpec, clusters: readonly Cluster[]): (target: string) => Promise<Located> {
  const nodes = clusters.flatMap((cluster) => nodesOf(cluster.spec, cluster.id, clusters.length > 1));
  return async (target) => {
    const workload = spec.services[target]?.workload;
    if (workload) return { kind: "service", name: target, workload, pods: await podsOf(workload, clusters) };
    const node = nodes.find(({ place }) => place === target);
    if (node) return { kind: "node", name: target, node };
    const members = nodes.filter(({ cluster }) => cluster === target);
    if (members.length > 0) return { kind: "cluster", name: target, nodes: members };
    throw new FiredrillError("USAGE_SELECTION", `the stack has no service, node or cluster "${target}"`, {
      received: target,
      expected: `one of ${[...Object.keys(spec.services), ...Object.keys(spec.places)].join(", ")}`,
    });
  };
}

/** The pods of a workload that are not being deleted, by name. */
export async function podsOf(workload: WorkloadRef, clusters: readonly Cluster[]): Promise<readonly Pod[]> {
  const { api } = clusterOf(workload, clusters);
  const labels = Object.entries(workload.selector).map(([name, value]) => `${name}=${value}`);
  const path = `/api/v1/namespaces/${workload.namespace}/pods`;
  const pods =
    workload.kind === "Pod"
      ? (await api.list<Pod>(path)).filter(({ metadata }) => metadata.name === workload.name)
      : await api.list<Pod>(`${path}?labelSelector=${encodeURIComponent(labels.join(","))}`);
  return pods
    .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && !ended(status.phase))
    .toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

/** The nodes a target stands for: a node itself, a cluster's nodes, the node of a service's first pod. */
export function nodesUnder(located: Located, clusters: readonly Cluster[]): readonly NodeRef[] {
  if (located.kind === "node") return [located.node];
  if (located.kind === "cluster") return located.nodes;
  const [first] = located.pods;
  const cluster = clusterOf(located.workload, clusters);
  const found = nodesOf(cluster.spec, cluster.id, clusters.length > 1).find(
    ({ name }) => name === first?.spec.nodeName,
  );
  if (found) return [found];
  throw new FiredrillError("RUN_FAULT", `"${located.name}" has no pod on a node of ours`, {
    received: first === undefined ? "no pod" : `a pod on ${first.spec.nodeName ?? "no node yet"}`,
    expected: "a pod that has been scheduled",
  });
}

function clusterOf(workload: WorkloadRef, clusters: readonly Cluster[]): Cluster {
  const cluster = clusters.find(({ spec }) => spec.name === workload.cluster);
  if (cluster) return cluster;
  throw new FiredrillError("BUG", `no cluster "${workload.cluster}" is up`);
}

const ended = (phase: Pod["status"]["phase"]): boolean => phase === "Succeeded" || phase === "Failed";
