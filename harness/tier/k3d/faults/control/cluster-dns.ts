import type { Confirmation, Injector, ResolvedFault } from "../../../../fault/injector.ts";
import { type Finding, textArg, type UndoOperation } from "../../../compose/faults/undo/operation.ts";
import type { KubeApi } from "../../api/kube-api.ts";
import type { Workload } from "../../api/objects.ts";
import type { K3dFaultContext, Located } from "../context.ts";
import { locateTargets } from "../targets.ts";
import { confirmEach } from "./confirm-each.ts";
import { changeInCluster, readInCluster } from "./in-cluster.ts";
import { endPods, everyPodOf } from "./pods.ts";

/** The cluster's DNS as k3s and our node image install it: a Deployment behind the Service `kube-dns`. */
const DNS = {
  namespace: "kube-system",
  name: "coredns",
  selector: { "k8s-app": "kube-dns" },
} as const;
const DEPLOYMENT = `/apis/apps/v1/namespaces/${DNS.namespace}/deployments/${DNS.name}`;
const ENDPOINTS = `/apis/discovery.k8s.io/v1/namespaces/${DNS.namespace}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkube-dns`;

interface HitDns {
  /** The cluster's name in the stack. */
  readonly place: string;
  readonly api: KubeApi;
  readonly clusterId: string;
  /** Of the Deployment, before the fault. */
  readonly replicas: number;
}

interface EndpointSlice {
  readonly endpoints?: readonly { readonly conditions?: { readonly serving?: boolean } }[] | null;
}

/** Scales the cluster's DNS to zero and ends its pods. A service or node stands for its cluster. */
export function clusterDnsInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const hits = await hitClusters(context, fault);
      return {
        undo: hits
          .filter(({ replicas }) => replicas > 0)
          .map(({ clusterId, replicas }) => ({
            op: "restore-cluster-dns",
            args: { cluster: clusterId, replicas },
          })),
        apply: async () => void (await Promise.all(hits.map(takeAway))),
        confirm: () => confirmEach(hits, isAway),
      };
    },
  };
}

async function hitClusters(context: K3dFaultContext, fault: ResolvedFault): Promise<HitDns[]> {
  const names = new Set((await locateTargets(context, fault)).map(clusterOf));
  return Promise.all(
    [...names].map(async (name) => {
      const { api, id } = context.cluster(name);
      const { spec } = await api.get<Workload>(DEPLOYMENT);
      return { place: name, api, clusterId: id, replicas: spec.replicas ?? 1 };
    }),
  );
}

function clusterOf(located: Located): string {
  if (located.kind === "cluster") return located.name;
  return located.kind === "node" ? located.node.cluster : located.workload.cluster;
}

async function takeAway({ api }: HitDns): Promise<void> {
  await api.patch(DEPLOYMENT, "merge", { spec: { replicas: 0 } });
  await endPods(api, await dnsPods(api));
}

/** While any endpoint still serves, even one that is ending, kube-proxy sends requests there (KEP-1669). */
async function isAway({ api }: HitDns): Promise<Confirmation> {
  const { spec } = await api.get<Workload>(DEPLOYMENT);
  const pods = await dnsPods(api);
  const slices = await api.list<EndpointSlice>(ENDPOINTS);
  const serving = slices.flatMap((it) => it.endpoints ?? []).filter((it) => it.conditions?.serving !== false);
  return {
    confirmed: spec.replicas === 0 && pods.length === 0 && serving.length === 0,
    evidence: `${DNS.name} is scaled to ${spec.replicas ?? 1}, has ${pods.length} pods, and its Service has ${serving.length} endpoints`,
  };
}

const dnsPods = (api: KubeApi) => everyPodOf(api, DNS);

const DEPLOYMENT_ARGS = [`--namespace=${DNS.namespace}`, "deployment", DNS.name];

/** Scales the cluster's DNS back, unless an operator has. Args: `cluster`, `replicas`. */
export const restoreClusterDns: UndoOperation = {
  async undo(docker, args) {
    const cluster = textArg(args, "cluster");
    const now = await readInCluster<Workload>(docker, cluster, DEPLOYMENT_ARGS);
    if (now === null || now.spec.replicas !== 0) return;
    const argv = ["scale", ...DEPLOYMENT_ARGS, `--replicas=${args["replicas"]}`];
    await changeInCluster(docker, cluster, "scaling the cluster's DNS", argv);
  },
  async audit(docker, args): Promise<Finding> {
    const now = await readInCluster<Workload>(docker, textArg(args, "cluster"), DEPLOYMENT_ARGS);
    if (now === null) return { clean: true, detail: `${DNS.name} or its cluster is gone` };
    const replicas = now.spec.replicas ?? 1;
    return { clean: replicas > 0, detail: `${DNS.name} is scaled to ${replicas}` };
  },
};
