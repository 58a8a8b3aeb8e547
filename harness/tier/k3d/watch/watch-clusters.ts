import type Docker from "dockerode";
import type { Emit } from "../../../events/vocabulary.ts";
import type { StackSpec } from "../../../stack/spec.ts";
import type { Clock } from "../../../time/clock.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { serviceOfPod, viewNodes, viewPods } from "./cluster-state.ts";
import { type Ending, endingsOf } from "./judge-service.ts";
import { changeTeller } from "./tell-changes.ts";
import type { ApiView, NodeView, PodView } from "./views.ts";
import { type WatchedCluster, watchCluster } from "./watch-cluster.ts";
import { type NodeContainer, watchContainers } from "./watch-containers.ts";

/** What is known of the clusters now; nothing in it waits or asks. */
export interface ClusterWatch {
  readonly spec: StackSpec;
  /** Something was broken just now: older heartbeats prove no recovery. */
  noteInjection(): void;
  /** In the order of the stack. */
  nodes(cluster?: string): readonly NodeView[];
  /** By service and name. */
  pods(service?: string): readonly PodView[];
  apis(): readonly ApiView[];
  /** Resolves when nothing is told any more. */
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly clusters: readonly Cluster[];
  readonly spec: StackSpec;
  readonly docker: Docker;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Ms since 1970: what heartbeats are compared with. */
  readonly wallMs?: () => number;
}

/**
 * Watches nodes and pods through Kubernetes and the nodes' containers through the engine, and tells each change as
 * `node.state`, `pod.state` and `service.state`. When this resolves all was seen once.
 */
export async function watchClusters(options: WatchOptions): Promise<ClusterWatch> {
  const { clusters, spec, docker, emit, clock, wallMs = Date.now } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const containers = new Map<string, NodeContainer>();
  const tell = changeTeller(emit);
  let injectionMs: number | null = null;
  let complete = false;

  const look = () => {
    if (!complete || signal.aborted) return;
    tell({ nodes: nodes(), pods: pods(), endings: endings() });
  };
  const members = clusters.map((cluster) =>
    watchCluster(cluster, containers, clusters.length > 1, { clock, wallMs, signal, onChange: look }),
  );
  const nodesIn = ({ state }: WatchedCluster) => viewNodes(state(), { nowMs: wallMs(), injectionMs });
  const nodes = (cluster?: string) =>
    members
      .filter((member) => cluster === undefined || member.cluster.spec.name === cluster)
      .flatMap(nodesIn);
  const pods = (service?: string) =>
    members
      .flatMap((member) => viewPods(member.state(), nodesIn(member), spec, clusters.length > 1))
      .filter((pod) => service === undefined || pod.service === service);
  const endings = () => {
    const found = new Map<string, Ending[]>(
      Object.values(spec.services).flatMap(({ name, workload }) => (workload ? [[name, []] as const] : [])),
    );
    for (const { cluster, state } of members) {
      for (const pod of state().pods.values()) {
        const service = serviceOfPod(pod, cluster.spec.name, spec);
        if (service !== undefined) found.get(service)?.push(...endingsOf(pod));
      }
    }
    return found;
  };

  const engine = await watchContainers(
    docker,
    clusters.map(({ id }) => id),
    containers,
    (container, action) => {
      const member = members.find(({ cluster }) => cluster.id === container.clusterId);
      if (action === "start" && container.role === "server") member?.serverStarted(container.fact.startedMs);
      look();
    },
    clock,
  );
  await Promise.all(members.map(({ read }) => read));
  complete = true;
  look();
  return {
    spec,
    noteInjection: () => void (injectionMs = wallMs()),
    nodes,
    pods,
    apis: () =>
      members.map(({ cluster, health }) => {
        const latencyMs = health.latencyMs();
        return { cluster: cluster.spec.name, answers: latencyMs !== null, latencyMs };
      }),
    async stop() {
      stopping.abort();
      await Promise.all([engine.stop(), ...members.map(({ ended }) => ended)]);
    },
  };
}
