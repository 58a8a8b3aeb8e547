import { FiredrillError } from "../../../../error.ts";
import type { KubeService, Pod } from "../../api/objects.ts";
import { addressesOf } from "../../../compose/faults/addresses.ts";
import { inspectOrNull } from "../../../compose/containers.ts";
import type { K3dFaultContext, Located } from "../context.ts";
import type { PodTarget } from "./pods.ts";

export interface PeerAddresses {
  /** Where the peers themselves can be reached. */
  readonly own: readonly string[];
  /** And the addresses of the Services that lead to them: inside a pod, packets still bear these. */
  readonly all: readonly string[];
}

/** @throws USAGE_FAULT for a service in another cluster, whose pods' addresses mean somebody else here */
export async function peerAddresses(
  context: K3dFaultContext,
  peers: readonly string[],
  clusters: ReadonlySet<string>,
): Promise<PeerAddresses> {
  const found = await Promise.all(
    peers.map(async (peer) => addressesOfPeer(context, await context.locate(peer), clusters)),
  );
  return {
    own: [...new Set(found.flatMap(({ own }) => own))].toSorted(),
    all: [...new Set(found.flatMap(({ all }) => all))].toSorted(),
  };
}

async function addressesOfPeer(
  context: K3dFaultContext,
  peer: Located,
  clusters: ReadonlySet<string>,
): Promise<PeerAddresses> {
  if (peer.kind !== "service") {
    const nodes = peer.kind === "node" ? [peer.node] : peer.nodes;
    const infos = await Promise.all(nodes.map(({ name }) => inspectOrNull(context.docker, name)));
    const own = infos.flatMap((info) => (info === null ? [] : addressesOf(info)));
    return { own, all: own };
  }
  if (!clusters.has(peer.workload.cluster) || clusters.size > 1) throw elsewhere(peer.name);
  const own = peer.pods.flatMap(({ status }) => status.podIP ?? []);
  return { own, all: [...own, ...(await servicesOf(context, peer))] };
}

/** The cluster addresses of every Service that selects the peer's pods. */
async function servicesOf(
  context: K3dFaultContext,
  { workload, pods }: Extract<Located, { kind: "service" }>,
): Promise<string[]> {
  const labels = { ...workload.selector, ...pods[0]?.metadata.labels };
  const services = await context
    .cluster(workload.cluster)
    .api.list<KubeService>(`/api/v1/namespaces/${workload.namespace}/services`);
  return services.flatMap(({ spec }) => {
    const wanted = Object.entries(spec.selector ?? {});
    const selects = wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
    return selects && spec.clusterIP !== undefined && spec.clusterIP !== "None" ? [spec.clusterIP] : [];
  });
}

/** Addresses of other pods in the cluster, at most `limit`: somebody to try to reach. */
export async function neighbours(
  context: K3dFaultContext,
  { workload, pod }: PodTarget,
  limit: number,
): Promise<string[]> {
  const pods = await context.cluster(workload.cluster).api.list<Pod>("/api/v1/pods");
  return pods
    .filter(({ metadata, spec, status }) => {
      const other = metadata.uid !== pod.metadata.uid && spec.hostNetwork !== true;
      return other && status.phase === "Running" && metadata.deletionTimestamp === undefined;
    })
    .flatMap(({ status }) => status.podIP ?? [])
    .slice(0, limit);
}

const elsewhere = (peer: string): FiredrillError =>
  new FiredrillError(
    "USAGE_FAULT",
    `a service can't be cut off from "${peer}", which is in another cluster`,
    {
      received: peer,
      expected: "peers in the target's own cluster; pods of several clusters have the same addresses",
      hint: "cut the clusters or their nodes off from one another",
    },
  );
