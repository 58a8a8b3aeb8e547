import type { ClusterSpec } from "../../../stack/spec.ts";
import { KUBELET_CONFIG_DIR, KUBELET_CONFIG_FILE, kubeletConfig } from "./kubelet-config.ts";
import type { TimeLimits } from "./times.ts";

/** What a cluster's description does not say about one cluster of one trial. */
export interface ClusterSite {
  /** See names.ts. */
  readonly id: string;
  /** The trial's network, which exists. */
  readonly network: string;
  /** Of every node. */
  readonly image: string;
  /** On 127.0.0.1. */
  readonly apiPort: number;
  readonly times: TimeLimits;
  /** Docker volumes for the agents' kubelets, in the order of the agents; none: the machine's own disk. */
  readonly agentDisks: readonly string[];
}

/** Node label with the pool's name. */
export const LABEL_POOL = "firedrill.dev/pool";

/** What k3d itself gives up after; the caller's own limit is a little later. */
export const CREATE_WITHIN_SECONDS = 180;

/** Of k3s's extras none is wanted: an ingress, a balancer on the nodes' ports, and metrics cost memory and prove nothing. */
const DISABLED = ["traefik", "servicelb", "metrics-server"];
/** k3s's defaults, said so that nothing depends on them silently; the same in every cluster, since they never meet. */
export const POD_CIDR = "10.42.0.0/16";
export const SERVICE_CIDR = "10.43.0.0/16";

const SERVERS = ["server:*"];
const AGENTS = ["agent:*"];

/**
 * The description of a cluster for `k3d cluster create --config` (k3d.io/v1alpha5, Simple). There is no token in it: k3d makes
 * one, so it stands in no file of the run. Our labels and fixed addresses are not k3d's to give: see engine-door.ts.
 */
export function k3dConfig(cluster: ClusterSpec, site: ClusterSite) {
  const { times } = site;
  const controllers = [
    `node-monitor-grace-period=${times.nodeMonitorGracePeriod}s`,
    `node-monitor-period=${times.nodeMonitorPeriod}s`,
  ];
  const tolerations = ["not-ready", "unreachable"].map(
    (what) => `default-${what}-toleration-seconds=${times.toleration}`,
  );
  const serverArgs = [
    ...DISABLED.map((part) => `--disable=${part}`),
    `--cluster-cidr=${POD_CIDR}`,
    `--service-cidr=${SERVICE_CIDR}`,
    ...controllers.map((arg) => `--kube-controller-manager-arg=${arg}`),
    ...tolerations.map((arg) => `--kube-apiserver-arg=${arg}`),
  ];
  const nodes = cluster.agents.length === 0 ? SERVERS : [...SERVERS, ...AGENTS];
  return {
    apiVersion: "k3d.io/v1alpha5",
    kind: "Simple",
    metadata: { name: site.id },
    servers: cluster.servers,
    agents: cluster.agents.length,
    image: site.image,
    network: site.network,
    kubeAPI: { hostIP: "127.0.0.1", hostPort: String(site.apiPort) },
    files: [
      kubeletFile(kubeletConfig(cluster, "server", times), SERVERS),
      ...(cluster.agents.length === 0 ? [] : [kubeletFile(kubeletConfig(cluster, "agent", times), AGENTS)]),
    ],
    volumes: site.agentDisks.map((volume, index) => ({
      volume: `${volume}:/var/lib/kubelet`,
      nodeFilters: [`agent:${index}`],
    })),
    options: {
      k3d: {
        wait: true,
        timeout: `${CREATE_WITHIN_SECONDS}s`,
        // With one server there is nothing to balance, and one container less that could fail.
        disableLoadbalancer: cluster.servers === 1,
        // Without the image volume k3d v5.9 can't start its tools (pkg/client/tools.go: EnsureToolsNode) and gives up.
        disableImageVolume: false,
        // We remove by label what is left, whoever dies when; its log is wanted before that.
        disableRollback: true,
      },
      k3s: {
        extraArgs: [
          ...serverArgs.map((arg) => ({ arg, nodeFilters: SERVERS })),
          { arg: `--kubelet-arg=config-dir=${KUBELET_CONFIG_DIR}`, nodeFilters: nodes },
        ],
        nodeLabels: cluster.agents.flatMap(({ pool, labels }, index) =>
          Object.entries({ ...labels, [LABEL_POOL]: pool }).map(([name, value]) => ({
            label: `${name}=${value}`,
            nodeFilters: [`agent:${index}`],
          })),
        ),
      },
      kubeconfig: { updateDefaultKubeconfig: false, switchCurrentContext: false },
      runtime: cluster.agentMemoryBytes === null ? {} : { agentsMemory: `${cluster.agentMemoryBytes}b` },
    },
  };
}

const kubeletFile = (source: string, nodeFilters: readonly string[]) => ({
  source,
  destination: KUBELET_CONFIG_FILE,
  description: "Firedrill's kubelet settings",
  nodeFilters,
});
