import { type KubeApi, KubeRefusal } from "../../api/kube-api.ts";
import type { Pod } from "../../api/objects.ts";
import { ignoreNotFound } from "./pods.ts";

/** On pods that the kubelet runs from files: the API only shows them. */
const MIRROR_ANNOTATION = "kubernetes.io/config.mirror";

/** Would `kubectl drain` take it away? A DaemonSet puts its pods back wherever the node is cordoned or not. */
export function evictable({ metadata }: Pod): boolean {
  const ownedByDaemonSet = metadata.ownerReferences?.some(({ kind }) => kind === "DaemonSet") ?? false;
  return !ownedByDaemonSet && metadata.annotations?.[MIRROR_ANNOTATION] === undefined;
}

/** Asks for an eviction. Nothing happens when a budget forbids it now, or the pod is gone. */
export async function evict(api: KubeApi, pod: Pod): Promise<void> {
  try {
    await postEviction(api, pod, {});
  } catch (error) {
    if (!isForbiddenByBudget(error)) ignoreNotFound(error);
  }
}

/** The budget that forbids the eviction of a pod now, in the API server's words; null: none does. Nothing is evicted. */
export async function heldByBudget(api: KubeApi, pod: Pod): Promise<string | null> {
  if (pod.metadata.deletionTimestamp !== undefined) return null;
  try {
    await postEviction(api, pod, { dryRun: ["All"] });
    return null;
  } catch (error) {
    if (isForbiddenByBudget(error)) return `${pod.metadata.name}: ${(error as KubeRefusal).message}`;
    ignoreNotFound(error);
    return null;
  }
}

function postEviction(api: KubeApi, { metadata }: Pod, deleteOptions: object): Promise<unknown> {
  const { name, namespace } = metadata;
  return api.post(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name, namespace },
    deleteOptions,
  });
}

const isForbiddenByBudget = (error: unknown): boolean => error instanceof KubeRefusal && error.status === 429;
