import type { Clock } from "../../../../time/clock.ts";
import type { KubeApi } from "../../api/kube-api.ts";
import type { KubeNode } from "../../api/objects.ts";

/** The extended resource of NVIDIA's device plug-in (github.com/NVIDIA/k8s-device-plugin, README). */
export const GPU_RESOURCE = "nvidia.com/gpu";
/** A kubelet that restarts forgets what nobody registers with it; a device plug-in comes back within about a second. */
const LOOK_EVERY_MS = 1_000;

/** Label of a node that somebody has added to a cluster with GPUs: how many it offers. */
export const LABEL_GPUS = "firedrill.dev/gpus";

/** A node, by its Kubernetes name, and how many GPUs it offers. */
export interface GpuNode {
  readonly name: string;
  readonly gpus: number;
}

/**
 * Offers GPUs on nodes that have none, as a device plug-in would, and keeps them offered after a kubelet has restarted
 * (it sets extended resources to 0 then). While a node says that they are lost (see {@link lostMark}), it offers none.
 * Resolves when all are offered; disposal stops the keeping and takes nothing back. @throws KubeRefusal, KubeSilence
 */
export async function advertiseGpus(options: {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly nodes: readonly GpuNode[];
}): Promise<AsyncDisposable> {
  const { api, clock, nodes } = options;
  const wanted = new Map(nodes.filter(({ gpus }) => gpus > 0).map(({ name, gpus }) => [name, gpus]));
  const stop = new AbortController();
  for (const name of wanted.keys()) await offer(api, await readNode(api, name), wanted);
  const kept = wanted.size === 0 ? Promise.resolve() : keep(api, clock, wanted, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await kept;
    },
  };
}

/** Never throws: a control plane that is away is part of a rehearsal, and the next look finds it again. */
async function keep(
  api: KubeApi,
  clock: Clock,
  wanted: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) return;
    const nodes = await api.list<KubeNode>("/api/v1/nodes").catch(() => []);
    await Promise.allSettled(nodes.map((node) => offer(api, node, wanted)));
  }
}

async function offer(api: KubeApi, node: KubeNode, wanted: ReadonlyMap<string, number>): Promise<void> {
  const gpus = wanted.get(node.metadata.name) ?? Number(node.metadata.labels?.[LABEL_GPUS] ?? 0);
  if (gpus === 0) return;
  const now = lostCount(node, GPU_RESOURCE) === null ? gpus : 0;
  if (offered(node, GPU_RESOURCE) === now) return;
  // Only what was looked at is changed: meanwhile a fault may have begun or ended.
  const unchanged = { op: "test", path: "/metadata/resourceVersion", value: node.metadata.resourceVersion };
  await api.patch(`${nodePath(node.metadata.name)}/status`, "json", [
    unchanged,
    ...offering(GPU_RESOURCE, now),
  ]);
}

/**
 * JSON patch of a node's status. The kubelet would work `allocatable` out of `capacity` at its next report, up to 10 s
 * later; a device plug-in is faster, so both are written.
 */
export function offering(resource: string, count: number): { op: "add"; path: string; value: string }[] {
  // RFC 6901: a slash within a name is written ~1.
  const name = resource.replaceAll("~", "~0").replaceAll("/", "~1");
  return ["capacity", "allocatable"].map((list) => ({
    op: "add",
    path: `/status/${list}/${name}`,
    value: String(count),
  }));
}

/** How many of a resource the node offers to pods; when capacity and allocatable differ, null. */
export function offered(node: KubeNode, resource: string): number | null {
  const capacity = Number(node.status.capacity?.[resource] ?? 0);
  return capacity === Number(node.status.allocatable?.[resource] ?? 0) ? capacity : null;
}

/** The annotation by which a node says that a resource is lost; its value is how many there were. */
export function lostMark(resource: string): string {
  return `lost.firedrill.dev/${resource.replaceAll("/", "_")}`;
}

/** How many of a resource the node has lost; null when none is lost. */
export function lostCount(node: KubeNode, resource: string): number | null {
  const lost = node.metadata.annotations?.[lostMark(resource)];
  return lost === undefined ? null : Number(lost);
}

/** @throws KubeRefusal, KubeSilence */
export function readNode(api: KubeApi, name: string): Promise<KubeNode> {
  return api.get<KubeNode>(nodePath(name));
}

/** Where the API has a node. */
export function nodePath(name: string): string {
  return `/api/v1/nodes/${name}`;
}
