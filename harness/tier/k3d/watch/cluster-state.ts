import type { StackSpec, WorkloadRef } from "../../../stack/spec.ts";
import type { KubeNode, Lease, Pod } from "../api/objects.ts";
import type { Cluster, NodeRef } from "../cluster/cluster.ts";
import type { Objects } from "./follow-list.ts";
import { heartbeatMs, judgeNode } from "./judge-node.ts";
import { judgePod } from "./judge-pod.ts";
import type { ApiTrust, ContainerFact, NodeFacts } from "./node-facts.ts";
import type { NodeView, PodView } from "./views.ts";
import type { NodeContainer } from "./watch-containers.ts";

/** What is known of one cluster; all of it changes while it is watched. */
export interface ClusterState {
  readonly cluster: Cluster;
  /** The nodes it was made with. */
  readonly refs: readonly NodeRef[];
  /** Of all clusters, by name. */
  readonly containers: ReadonlyMap<string, NodeContainer>;
  readonly nodes: Objects<KubeNode>;
  /** Names of nodes that Kubernetes has had. */
  readonly joined: ReadonlySet<string>;
  readonly leases: Objects<Lease>;
  readonly pods: Objects<Pod>;
  readonly trust: ApiTrust;
}

/** The instant of a judgement, both in ms since 1970. */
export interface Instant {
  readonly nowMs: number;
  /** Null: nothing was broken yet. */
  readonly injectionMs: number | null;
}

const MISSING: ContainerFact = { state: "missing", startedMs: 0, awakeMs: 0, exitCode: null };

/** Every node that the cluster was made with or has been given since, servers first. */
export function viewNodes(state: ClusterState, { nowMs, injectionMs }: Instant): NodeView[] {
  return refsOf(state).map(({ place, cluster, name }) => {
    const facts = factsOf(state, name, nowMs);
    const verdict = judgeNode(facts);
    const proven = (heartbeatMs(facts.lease) ?? 0) > (injectionMs ?? 0);
    const provenAfterInjection = verdict.state === "ready" && proven;
    return { place, cluster, name, ...verdict, provenAfterInjection };
  });
}

/** Every pod of the stack's services, by service and name. */
export function viewPods(
  state: ClusterState,
  nodes: readonly NodeView[],
  spec: StackSpec,
  several: boolean,
): PodView[] {
  const { cluster, containers } = state;
  const views = [...state.pods.values()].flatMap((pod): PodView[] => {
    const service = serviceOfPod(pod, cluster.spec.name, spec);
    if (service === undefined) return [];
    const node = nodes.find(({ name }) => name === pod.spec.nodeName) ?? null;
    const startedMs = containers.get(node?.name ?? "")?.fact.startedMs ?? 0;
    const verdict = judgePod(pod, node && { place: node.place, state: node.state, startedMs });
    const { name, namespace = "" } = pod.metadata;
    return [
      {
        name: several ? `${name}.${cluster.spec.name}` : name,
        cluster: cluster.spec.name,
        namespace,
        service,
        node: node?.place ?? pod.spec.nodeName ?? null,
        nodeState: node?.state ?? null,
        ...verdict,
        provenAfterInjection: verdict.state === "ready" && node?.provenAfterInjection === true,
      },
    ];
  });
  return views.toSorted((a, b) => a.service.localeCompare(b.service) || a.name.localeCompare(b.name));
}

/** The service whose pod this is, or undefined: none of the stack's. */
export function serviceOfPod(pod: Pod, cluster: string, spec: StackSpec): string | undefined {
  return Object.keys(spec.services).find((service) => {
    const workload = spec.services[service]?.workload;
    return workload?.cluster === cluster && belongs(pod, workload);
  });
}

function belongs({ metadata }: Pod, { kind, namespace, name, selector }: WorkloadRef): boolean {
  if (metadata.namespace !== namespace) return false;
  if (kind === "Pod") return metadata.name === name;
  return Object.entries(selector).every(([label, value]) => metadata.labels?.[label] === value);
}

/** The nodes the cluster was made with, then those that were added since. */
function refsOf({ cluster, refs, containers, nodes }: ClusterState): NodeRef[] {
  const known = new Set(refs.map(({ name }) => name));
  const here = [...containers.values()].filter(({ clusterId }) => clusterId === cluster.id);
  const roles = new Map(here.map(({ name, role }) => [name, role]));
  const added = new Set([...roles.keys(), ...[...nodes.values()].map(({ metadata }) => metadata.name)]);
  return [
    ...refs,
    ...[...added]
      .filter((name) => !known.has(name))
      .toSorted()
      .map((name) => ({ place: name, cluster: cluster.spec.name, name, role: roles.get(name) ?? "agent" })),
  ];
}

function factsOf(state: ClusterState, name: string, nowMs: number): NodeFacts {
  return {
    container: state.containers.get(name)?.fact ?? MISSING,
    node: state.nodes.get(`/${name}`) ?? null,
    joined: state.joined.has(name),
    lease: state.leases.get(`kube-node-lease/${name}`) ?? null,
    api: state.trust,
    nowMs,
  };
}
