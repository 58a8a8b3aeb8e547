import type { KubeNode } from "../../../harness/tier/k3d/api/objects.ts";
import { lostCount } from "../../../harness/tier/k3d/faults/control/gpus.ts";
import { GPU_RESOURCE } from "./view.ts";
import type { NodeView } from "./view.ts";

/** One step of a JSON patch (RFC 6902). */
export interface PatchStep {
  readonly op: "test" | "add" | "remove";
  readonly path: string;
  readonly value?: string | Readonly<Record<string, never>>;
}

/** What to send so that a node says what the view says. Null: it does already. */
export interface NodePatches {
  /** For `/status`, as application/json-patch+json. */
  readonly status: readonly PatchStep[] | null;
  /** For the node, as application/merge-patch+json. */
  readonly metadata: {
    readonly metadata: { readonly labels: Readonly<Record<string, string | null>> };
  } | null;
  /** The same, for `spec.taints`. */
  readonly taints: {
    readonly metadata: { readonly resourceVersion: string };
    readonly spec: { readonly taints: KubeNode["spec"]["taints"] };
  } | null;
  /** For `/status`, as application/strategic-merge-patch+json. */
  readonly conditions: { readonly status: { readonly conditions: readonly object[] } } | null;
}

/**
 * Only what differs, and only if nobody has changed the node since it was read. A node whose GPUs a fault of the k3d tier
 * has taken offers none, whatever the view says. `ours`: the keys of taints that this mock has set and may take off.
 */
export function patchesFor(node: KubeNode, view: NodeView, ours: ReadonlySet<string>): NodePatches {
  return {
    status: statusPatch(node, view),
    metadata: labelPatch(node, view),
    taints: taintPatch(node, view, ours),
    conditions: readyPatch(node, view),
  };
}

function statusPatch(node: KubeNode, { capacity, withdrawn }: NodeView): readonly PatchStep[] | null {
  const steps = (["capacity", "allocatable"] as const).flatMap((list): PatchStep[] => {
    const now = node.status[list] ?? {};
    // RFC 6901: a slash within a name is written ~1.
    const path = (resource: string) =>
      `/status/${list}/${resource.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const wanted = Object.entries(capacity).map(([resource, count]) => [
      resource,
      resource === GPU_RESOURCE && lostCount(node, resource) !== null ? "0" : count,
    ]) as [string, string][];
    const added = wanted.filter(([resource, count]) => now[resource] !== count);
    // A node that no kubelet has reported on yet has no such list.
    const missing = node.status[list] === undefined && added.length > 0;
    return [
      ...(missing ? [{ op: "add", path: `/status/${list}`, value: {} } as const] : []),
      ...added.map(([resource, value]): PatchStep => ({ op: "add", path: path(resource), value })),
      ...withdrawn
        .filter((resource) => now[resource] !== undefined)
        .map((resource): PatchStep => ({ op: "remove", path: path(resource) })),
    ];
  });
  if (steps.length === 0) return null;
  return [{ op: "test", path: "/metadata/resourceVersion", value: node.metadata.resourceVersion }, ...steps];
}

function labelPatch(node: KubeNode, { labels, lostLabels }: NodeView): NodePatches["metadata"] {
  const now = node.metadata.labels ?? {};
  const changed: [string, string | null][] = [
    ...Object.entries(labels).filter(([name, value]) => now[name] !== value),
    ...lostLabels.filter((name) => now[name] !== undefined).map((name): [string, null] => [name, null]),
  ];
  return changed.length === 0 ? null : { metadata: { labels: Object.fromEntries(changed) } };
}

function taintPatch(node: KubeNode, view: NodeView, ours: ReadonlySet<string>): NodePatches["taints"] {
  const now = node.spec.taints ?? [];
  const wanted = view.taints;
  const others = now.filter(({ key }) => !ours.has(key) && !wanted.some((taint) => taint.key === key));
  const taints = [...others, ...wanted];
  const text = (list: readonly object[]) => JSON.stringify(list.map((it) => Object.entries(it).toSorted()));
  return text(taints) === text(now)
    ? null
    : { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints } };
}

/** By this reason the mock knows its own word again, and takes it back where no kubelet does. */
const OUR_REASON = "FiredrillFault";

function readyPatch(node: KubeNode, view: NodeView): NodePatches["conditions"] {
  const now = node.status.conditions?.find(({ type }) => type === "Ready");
  const ready = (condition: object) => ({ status: { conditions: [{ type: "Ready", ...condition }] } });
  if (!view.ready)
    return now?.status === "False"
      ? null
      : ready({ status: "False", reason: OUR_REASON, message: "a fault says so" });
  return now?.reason === OUR_REASON
    ? ready({ status: "True", reason: "KubeletReady", message: "the fault is gone" })
    : null;
}
