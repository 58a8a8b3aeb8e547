import type { Clock } from "../../../time/clock.ts";
import type { KubeNode, Lease, Pod } from "../api/objects.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { nodesOf } from "../cluster/names.ts";
import { type ApiHealth, askApi } from "./ask-api.ts";
import type { ClusterState } from "./cluster-state.ts";
import { followList, type Objects } from "./follow-list.ts";
import type { NodeContainer } from "./watch-containers.ts";

/** One of the clusters that are watched. */
export interface WatchedCluster {
  readonly cluster: Cluster;
  /** What is known now. */
  readonly state: () => ClusterState;
  readonly health: ApiHealth;
  /** One of its servers was started, `atMs` since 1970. */
  serverStarted(atMs: number): void;
  /** Resolves when every list was read once. */
  readonly read: Promise<unknown>;
  readonly ended: Promise<unknown>;
}

interface Surroundings {
  readonly clock: Clock;
  readonly wallMs: () => number;
  readonly signal: AbortSignal;
  /** After every change, and at least once a second, because heartbeats also age while nothing happens. */
  readonly onChange: () => void;
}

/** Follows one cluster's nodes, heartbeats and pods, and asks whether its API server answers. */
export function watchCluster(
  cluster: Cluster,
  containers: ReadonlyMap<string, NodeContainer>,
  several: boolean,
  { clock, wallMs, signal, onChange }: Surroundings,
): WatchedCluster {
  const { api } = cluster;
  const refs = nodesOf(cluster.spec, cluster.id, several);
  const nodes: Objects<KubeNode> = new Map();
  const joined = new Set<string>();
  const leases: Objects<Lease> = new Map();
  const pods: Objects<Pod> = new Map();
  const common = { api, clock, signal, onChange };
  const noteNodes = () => {
    for (const { metadata } of nodes.values()) joined.add(metadata.name);
    onChange();
  };
  const follows = [
    followList({ ...common, path: "/api/v1/nodes", into: nodes, onChange: noteNodes }),
    followList({
      ...common,
      path: "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
      into: leases,
    }),
    followList({ ...common, path: "/api/v1/pods", into: pods }),
  ];
  const readAgain = () => {
    for (const follow of follows) follow.again();
  };
  const onAnswer = (back: boolean) => {
    if (back) readAgain();
    onChange();
  };
  const health = askApi({ api, clock, wallMs, signal, onAnswer });
  return {
    cluster,
    state: () => ({ cluster, refs, containers, nodes, joined, leases, pods, trust: health.trust() }),
    health,
    serverStarted(atMs) {
      // With a quorum of others the data stays fresh.
      if (cluster.spec.servers === 1) health.distrustBefore(atMs);
      readAgain();
    },
    read: Promise.all(follows.map(({ read }) => read)),
    ended: Promise.all([health.ended, ...follows.map(({ ended }) => ended)]),
  };
}
