import type Docker from "dockerode";
import { canonicalJson } from "../../../events/canonical-json.ts";
import { digest } from "../../../events/digest.ts";
import { labelledFingerprint } from "../../compose/fingerprint.ts";
import type { Fingerprint } from "../../tier.ts";
import { KubeSilence } from "../api/kube-api.ts";
import type { KubeNode, Metadata } from "../api/objects.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { RESTARTED } from "../gateway/dns-sink.ts";

/** k3d's label on everything that belongs to a cluster (k3d v5.9.0, pkg/types/types.go). */
const LABEL_CLUSTER = "k3d.cluster";
/** Kubernetes taints nodes by their own condition with these; what a person sets has another name. */
const OWN_TAINTS = "node.kubernetes.io/";
/** Configuration in here changes by itself: names of nodes, certificates, nodes' passwords. */
const SYSTEM_NAMESPACES = /^kube-/;

type Entry = readonly [name: string, state: string];

/** The parts of an object that say what someone wanted; `status` only where it is all there is. */
interface Described {
  readonly metadata: Metadata;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: { readonly phase?: string };
  readonly type?: string;
  readonly data?: unknown;
  readonly binaryData?: unknown;
}

/**
 * What clusters are made of: nodes, namespaces, workloads, configuration, budgets, volumes, and the engine's side of it.
 * Ids, versions, addresses, times and the names of replaceable pods are left out, so that what was restarted or replaced by
 * an equal one leaves the fingerprint as it was. Contents of ConfigMaps and Secrets are hashed and never shown.
 * @throws KubeRefusal when an API server answers and refuses
 */
export async function clusterFingerprint(
  clusters: readonly Cluster[],
  docker: Docker,
  labels: Readonly<Record<string, string>>,
): Promise<Fingerprint> {
  const [inside, ours, ...theirs] = await Promise.all([
    Promise.all(clusters.map(insideOf)),
    labelledFingerprint(docker, labels),
    ...clusters.map(({ id }) => labelledFingerprint(docker, { [LABEL_CLUSTER]: id })),
  ]);
  const outside = Object.entries(Object.assign({}, ...theirs, ours) as Fingerprint);
  const entries = [...inside.flat(), ...outside];
  return Object.fromEntries(entries.toSorted(([a], [b]) => a.localeCompare(b)));
}

async function insideOf({ spec, id, api }: Cluster): Promise<Entry[]> {
  const read = async (path: string, describe: (object: Described) => Entry | null) =>
    (await api.list<Described>(path)).map(describe).filter((entry) => entry !== null);
  const workload = (kind: string) => (object: Described) => describeWorkload(kind, object);
  const settings = (kind: string) => (object: Described) => describeSettings(kind, object);
  try {
    const parts = await Promise.all([
      read("/api/v1/nodes", (node) => describeNode(node as unknown as KubeNode, id)),
      read("/api/v1/namespaces", ({ metadata, status }) => [
        `namespace ${metadata.name}`,
        status?.phase ?? "",
      ]),
      read("/apis/apps/v1/deployments", workload("Deployment")),
      read("/apis/apps/v1/statefulsets", workload("StatefulSet")),
      read("/apis/apps/v1/daemonsets", workload("DaemonSet")),
      read("/api/v1/pods", (pod) => (pod.metadata.ownerReferences ? null : describePod(pod))),
      read("/api/v1/configmaps", settings("ConfigMap")),
      read("/api/v1/secrets", settings("Secret")),
      read("/apis/policy/v1/poddisruptionbudgets", workload("PodDisruptionBudget")),
      read("/api/v1/persistentvolumeclaims", describeClaim),
      read("/api/v1/persistentvolumes", describeVolume),
    ]);
    return parts.flat().map(([name, state]): Entry => [`${spec.name}: ${name}`, state]);
  } catch (error) {
    if (error instanceof KubeSilence) return [[`${spec.name}: API server`, "does not answer"]];
    throw error;
  }
}

function describeNode({ metadata, spec, status }: KubeNode, clusterId: string): Entry {
  const taints = (spec.taints ?? [])
    .filter(({ key }) => !key.startsWith(OWN_TAINTS))
    .map(({ key, value = "", effect }) => `${key}=${value}:${effect}`);
  // Extended resources have a domain in their names, e.g. `nvidia.com/gpu`.
  const extended = Object.entries(status.capacity ?? {}).filter(([name]) => name.includes("/"));
  const state = [
    spec.unschedulable ? "cordoned" : "schedulable",
    `taints=${taints.toSorted().join(",")}`,
    ...extended.map(([name, amount]) => `${name}=${amount}`).toSorted(),
    `labels=${short(metadata.labels)}`,
  ];
  return [`node ${metadata.name.replace(`k3d-${clusterId}-`, "")}`, state.join(" ")];
}

/** Replicas, image, environment, limits and all the rest of what someone wanted. */
function describeWorkload(kind: string, { metadata, spec = {} }: Described): Entry {
  const replicas = spec["replicas"] === undefined ? "" : `replicas=${String(spec["replicas"])} `;
  return [`${kind} ${placeOf(metadata)}`, `${replicas}spec=${short(withoutRestarts(spec))}`];
}

const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

/** `kubectl rollout restart` leaves a time in the template's annotations, and we a mark; the pods are the same as before. */
function withoutRestarts(spec: Readonly<Record<string, unknown>>): unknown {
  const text = JSON.stringify(spec, (key, value: Readonly<Record<string, unknown>>) => {
    if (key !== "annotations") return value;
    const { [RESTARTED_AT]: _, [RESTARTED]: __, ...rest } = value;
    return Object.keys(rest).length === 0 ? undefined : rest;
  });
  return JSON.parse(text);
}

function describePod({ metadata, spec = {} }: Described): Entry {
  const containers = spec["containers"] as readonly { readonly image: string }[];
  return [`Pod ${placeOf(metadata)}`, containers.map(({ image }) => image).join(" ")];
}

function describeSettings(kind: string, { metadata, type, data, binaryData }: Described): Entry | null {
  if (SYSTEM_NAMESPACES.test(metadata.namespace ?? "")) return null;
  return [`${kind} ${placeOf(metadata)}`, short({ type, data, binaryData })];
}

function describeClaim({ metadata, spec = {}, status }: Described): Entry {
  const { resources, accessModes, storageClassName } = spec;
  const state = `${status?.phase ?? ""} ${short({ resources, accessModes, storageClassName })}`;
  return [`PersistentVolumeClaim ${placeOf(metadata)}`, state];
}

/** By the claim it is bound to: a provisioner names volumes by chance. */
function describeVolume({ metadata, spec = {}, status }: Described): Entry {
  const claim = spec["claimRef"] as Metadata | undefined;
  const name = claim ? `of ${placeOf(claim)}` : metadata.name;
  return [`PersistentVolume ${name}`, status?.phase ?? ""];
}

const placeOf = ({ namespace, name }: { readonly namespace?: string; readonly name: string }): string =>
  `${namespace}/${name}`;

const short = (value: unknown): string => digest(canonicalJson(value ?? null)).slice(0, 12);
