import { inspectOrNull } from "../../../compose/containers.ts";
import type { LookAround } from "../../../compose/faults/partition.ts";
import { KubeSilence } from "../../api/kube-api.ts";
import type { KubeNode } from "../../api/objects.ts";
import type { NodeRef } from "../../cluster/cluster.ts";
import type { K3dFaultContext } from "../context.ts";
import { type NodeFault, nodeAt } from "./node-context.ts";

/** What stands behind a peer's name. */
interface Peer {
  readonly nodes: readonly NodeRef[];
  /** Of a service: its pods'. */
  readonly addresses: readonly string[];
}

/**
 * Who is on either side when nodes are cut off. A node passes on its pods' packets: these are cut as well, while its own pods
 * go on reaching it and each other. The nodes of a cluster that is cut off from everyone stay together.
 */
export function aroundNodes(context: K3dFaultContext, { nodes, clusters, fault }: NodeFault): LookAround {
  const peerOf = rememberingPeers(context);
  const podNetwork = once((node: NodeRef) => podNetworkOf(context, node));
  return async (target, peerNames) => {
    const self = nodeAt(nodes, target.service);
    const peers = await Promise.all(peerNames.map(peerOf));
    const others = peers.flatMap((peer) => peer.nodes).filter(({ name }) => name !== self.name);
    const addresses = await Promise.all(others.map((node) => addressesOfNode(context, node)));
    // Clusters may number their pods alike; between clusters, pods' packets bear their nodes' addresses.
    const inCluster = others.filter(({ cluster }) => cluster === self.cluster);
    const whole = fault.peers.length === 0 && clusters.includes(self.cluster);
    const together = whole ? nodes.filter(({ cluster }) => cluster === self.cluster) : [self];
    const own = await Promise.all(whole ? together.map((node) => addressesOfNode(context, node)) : []);
    return {
      peers: [...addresses.flat(), ...peers.flatMap((peer) => peer.addresses)].toSorted(),
      behindPeers: (await Promise.all(inCluster.map(podNetwork))).flat(),
      behindTarget: [...own.flat(), ...(await Promise.all(together.map(podNetwork))).flat()],
    };
  };
}

/** Finds peers anew each time; while the API is silent, pods count as being where they were. */
function rememberingPeers(context: K3dFaultContext): (name: string) => Promise<Peer> {
  const seen = new Map<string, Peer>();
  return async (name) => {
    try {
      const located = await context.locate(name);
      const peer: Peer =
        located.kind === "service"
          ? { nodes: [], addresses: located.pods.flatMap(({ status }) => status.podIP ?? []) }
          : { nodes: located.kind === "node" ? [located.node] : located.nodes, addresses: [] };
      seen.set(name, peer);
      return peer;
    } catch (error) {
      const last = seen.get(name);
      if (last && error instanceof KubeSilence) return last;
      throw error;
    }
  };
}

/** The network of a node's pods; none before the control plane has given it one. */
async function podNetworkOf(context: K3dFaultContext, { cluster, name }: NodeRef): Promise<string[]> {
  const node = await context.cluster(cluster).api.get<KubeNode>(`/api/v1/nodes/${name}`);
  return node.spec.podCIDR === undefined ? [] : [node.spec.podCIDR];
}

/** A node's addresses, which it also has while it is down when they are fixed. */
async function addressesOfNode({ docker }: K3dFaultContext, { name }: NodeRef): Promise<string[]> {
  const networks = (await inspectOrNull(docker, name))?.NetworkSettings.Networks ?? {};
  return Object.values(networks)
    .map(({ IPAMConfig, IPAddress }) => IPAMConfig?.IPv4Address ?? IPAddress)
    .filter((address) => address !== "");
}

/** Asks once for each node: a node keeps its pods' network for life. */
function once(ask: (node: NodeRef) => Promise<string[]>): (node: NodeRef) => Promise<string[]> {
  const known = new Map<string, string[]>();
  return async (node) => {
    const found = known.get(node.name) ?? (await ask(node));
    if (found.length > 0) known.set(node.name, found);
    return found;
  };
}
