import type Docker from "dockerode";
import type { ServiceSpec } from "../../../stack/spec.ts";
import type { KubeService, Metadata } from "../api/objects.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { nodesOf } from "../cluster/names.ts";
import type { NodeRoute, ServiceRoute, Target } from "./routes.ts";

/** A node whose container runs, frozen or not. */
export interface RunningNode extends NodeRoute {
  /** Its name in the stack; a node that was added later has only its container's. */
  readonly place: string;
  readonly containerId: string;
}

/** Every running node of these clusters that has an address on this network, by name. */
export async function runningNodes(
  docker: Docker,
  clusters: readonly Cluster[],
  network: string,
): Promise<RunningNode[]> {
  const several = clusters.length > 1;
  const places = new Map(
    clusters.flatMap(({ spec, id }) => nodesOf(spec, id, several)).map(({ name, place }) => [name, place]),
  );
  const found = await Promise.all(
    clusters.map(async ({ spec, id }) => {
      const filters = { label: [`k3d.cluster=${id}`], status: ["running", "paused"] };
      const list = await docker.listContainers({ filters });
      return list
        .filter(({ Labels }) => ["server", "agent"].includes(Labels["k3d.role"] ?? ""))
        .map(({ Id, Names, NetworkSettings }) => {
          const name = Names[0]?.replace(/^\//, "") ?? Id;
          const address = NetworkSettings.Networks[network]?.IPAddress ?? "";
          return { cluster: spec.name, name, address, place: places.get(name) ?? name, containerId: Id };
        });
    }),
  );
  return found
    .flat()
    .filter(({ address }) => address !== "")
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** The part of an EndpointSlice that we read (API reference, discovery.k8s.io/v1). */
export interface EndpointSlice {
  readonly metadata: Metadata;
  readonly addressType: string;
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly nodeName?: string;
        readonly conditions?: { readonly ready?: boolean };
      }[]
    | null;
}

/** Lists that tell where services are; a change in either is a change of routes. */
export const SERVICES = "/api/v1/services";
/** Kubernetes puts the label on slices of Services without a ClusterIP. */
export const HEADLESS_SLICES = `/apis/discovery.k8s.io/v1/endpointslices?labelSelector=${encodeURIComponent("service.kubernetes.io/headless")}`;

/** Where a cluster's services are now. @throws KubeSilence, KubeRefusal */
export async function readServices(
  { api, spec }: Cluster,
  services: readonly ServiceSpec[],
): Promise<ServiceRoute[]> {
  const [known, slices] = await Promise.all([
    api.list<KubeService>(SERVICES),
    api.list<EndpointSlice>(HEADLESS_SLICES),
  ]);
  return serviceRoutes(spec.name, services, known, slices);
}

/** A service that cannot be asked from outside, or does not exist now, has no targets. */
export function serviceRoutes(
  cluster: string,
  services: readonly ServiceSpec[],
  known: readonly KubeService[],
  slices: readonly EndpointSlice[],
): ServiceRoute[] {
  return services.flatMap(({ name, workload }) => {
    if (workload?.cluster !== cluster) return [];
    const service = known.find(
      ({ metadata }) => metadata.namespace === workload.namespace && metadata.name === workload.service,
    );
    const clusterIp = service?.spec.clusterIP ?? "";
    if (clusterIp === "None") return [{ name, cluster, targets: readyPods(service, slices) }];
    return [{ name, cluster, targets: clusterIp === "" ? [] : [{ address: clusterIp, node: null }] }];
  });
}

/**
 * A pod is reached through its own node only: it answers an outside address without coming back through another node, and
 * that one drops what follows because it never saw the answer (kube-proxy's rule for INVALID packets).
 */
function readyPods(service: KubeService | undefined, slices: readonly EndpointSlice[]): Target[] {
  return (
    slices
      .filter(
        ({ metadata, addressType }) =>
          addressType === "IPv4" &&
          metadata.namespace === service?.metadata.namespace &&
          metadata.labels?.["kubernetes.io/service-name"] === service?.metadata.name,
      )
      .flatMap(({ endpoints }) => endpoints ?? [])
      // "Unknown" (absent) is to be taken for ready, says the API reference.
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses, nodeName }) => addresses.map((address) => ({ address, node: nodeName ?? null })))
      .toSorted((a, b) => a.address.localeCompare(b.address))
  );
}
