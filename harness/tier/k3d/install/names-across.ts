import type { KubeApi } from "../api/kube-api.ts";
import type { KubeNode } from "../api/objects.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { nodesOf } from "../cluster/names.ts";

const CONFIG = "/api/v1/namespaces/kube-system/configmaps/coredns";

/**
 * Lets the pods of each cluster find the others by name: `NAME.clusters` is a server of cluster NAME, whose NodePorts are its
 * way in, and every node has its own name. CoreDNS reads them from `NodeHosts`, as k3s has it; it must be started again after.
 * @throws KubeSilence, KubeRefusal
 */
export async function nameClustersAcross(clusters: readonly Cluster[]): Promise<void> {
  if (clusters.length < 2) return;
  const lines = new Map(
    await Promise.all(clusters.map(async (cluster) => [cluster, await hostLines(cluster)] as const)),
  );
  await Promise.all(
    clusters.map((cluster) => {
      const others = clusters.filter((other) => other !== cluster);
      return addHosts(
        cluster.api,
        others.flatMap((other) => lines.get(other) ?? []),
      );
    }),
  );
}

/** `198.18.7.10 main.clusters`, and one line for each node. */
async function hostLines({ spec, id, api }: Cluster): Promise<string[]> {
  const nodes = await api.list<KubeNode>("/api/v1/nodes");
  const addressOf = (name: string) =>
    nodes
      .find(({ metadata }) => metadata.name === name)
      ?.status.addresses?.find(({ type }) => type === "InternalIP")?.address;
  return nodesOf(spec, id, true).flatMap(({ name, role, place }) => {
    const address = addressOf(name);
    if (address === undefined) return [];
    const cluster = role === "server" ? [`${spec.name}.clusters`] : [];
    return [[address, name, place, ...cluster].join(" ")];
  });
}

async function addHosts(api: KubeApi, lines: readonly string[]): Promise<void> {
  const { data } = await api.get<{ readonly data: { readonly NodeHosts?: string } }>(CONFIG);
  const kept = (data.NodeHosts ?? "").split("\n").filter((line) => line !== "" && !lines.includes(line));
  await api.patch(CONFIG, "merge", { data: { NodeHosts: `${[...kept, ...lines].join("\n")}\n` } });
}
