import { KubeRefusal, type KubeApi } from "../api/kube-api.ts";
import type { Metadata } from "../api/objects.ts";

/** An object that somebody has put into a cluster. */
export interface Item {
  /** In the API: `/apis/apps/v1/namespaces/shop/deployments/web`. */
  readonly path: string;
  /** `deployments`. */
  readonly resource: string;
  /** Null for what belongs to the whole cluster. */
  readonly namespace: string | null;
  readonly object: { readonly metadata: Metadata };
}

/** A kind of object as discovery tells it (Kubernetes API reference, APIResource). */
interface Resource {
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** They come and go by themselves. Volumes are the nodes' own, which empty them and offer them again. */
const CHANGING = new Set([
  "certificatesigningrequests",
  "csinodes",
  "endpoints",
  "endpointslices",
  "events",
  "ipaddresses",
  "leases",
  "nodes",
  "persistentvolumes",
  "volumeattachments",
]);
/** Kubernetes gives them to every namespace, again when they are deleted. */
const IN_EVERY_NAMESPACE = new Set(["configmaps/kube-root-ca.crt", "serviceaccounts/default"]);
/** In here a cluster keeps its own objects, which change by themselves; what others have put there says so. */
const SYSTEM_NAMESPACES = /^kube-/;
/** Annotations by Helm (pkg/action/validate.go) and by `kubectl apply`. */
const INSTALLED_BY = ["meta.helm.sh/release-name", "kubectl.kubernetes.io/last-applied-configuration"];

/** Everything that lasts in a cluster, of whatever kind, custom ones too. @throws KubeSilence, KubeRefusal */
export async function takeInventory(api: KubeApi): Promise<readonly Item[]> {
  const { groups } = await api.get<{
    readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
  }>("/apis");
  const roots = [
    "/api/v1",
    ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`),
  ];
  const items = await Promise.all(roots.map((root) => itemsOfGroup(api, root)));
  return items.flat().filter(lasts);
}

async function itemsOfGroup(api: KubeApi, root: string): Promise<Item[]> {
  const { resources } = await orGone(api.get<{ readonly resources: readonly Resource[] }>(root), {
    resources: [],
  });
  const items: Item[] = [];
  for (const { name, namespaced, verbs } of resources) {
    if (CHANGING.has(name) || !verbs.includes("list") || !verbs.includes("delete")) continue;
    const objects = await orGone(api.list<Item["object"]>(`${root}/${name}`), []);
    for (const object of objects) {
      const namespace = namespaced ? (object.metadata.namespace ?? null) : null;
      const place = namespace === null ? "" : `/namespaces/${namespace}`;
      items.push({
        path: `${root}${place}/${name}/${object.metadata.name}`,
        resource: name,
        namespace,
        object,
      });
    }
  }
  return items;
}

function lasts({ resource, namespace, object: { metadata } }: Item): boolean {
  if (namespace === null) return true;
  if (IN_EVERY_NAMESPACE.has(`${resource}/${metadata.name}`)) return false;
  if (!SYSTEM_NAMESPACES.test(namespace)) return true;
  return INSTALLED_BY.some((name) => metadata.annotations?.[name] !== undefined);
}

/** A kind may be removed while it is read; and the server of an added API may be away, with all that it would list. */
async function orGone<T>(answer: Promise<T>, gone: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeRefusal && [404, 503].includes(error.status)) return gone;
    throw error;
  }
}
