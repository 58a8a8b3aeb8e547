import { z } from "zod";
import { DEFAULT_TTL_MS, type KindDescription, noParams } from "./description.ts";

const common = { defaultTtlMs: DEFAULT_TTL_MS, params: noParams } as const;
const blow = { ...common, continuous: false } as const;
const lasting = { ...common, continuous: true } as const;

/** A Kubernetes object's name (RFC 1123 subdomain). */
const objectName = z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "a Kubernetes object's name");

/** Kinds that only Kubernetes can show: they hit pods, nodes and the control plane as such. */
export const kubernetesKinds: readonly KindDescription[] = [
  {
    kind: "pod-kill",
    effect: "a pod is deleted without grace; its controller makes another one, perhaps elsewhere",
    layers: () => ["process"],
    ...blow,
    /** `all`: every pod of the workload, not only the first by name. */
    params: z.strictObject({ all: z.boolean().default(false) }),
  },
  {
    kind: "crash-loop",
    effect: "the main process is killed each time it comes up, until the kubelet backs off",
    layers: () => ["process"],
    ...lasting,
  },
  {
    kind: "image-missing",
    effect: "the workload asks for an image that nobody can pull; its pods are replaced by ones that wait",
    layers: () => ["process"],
    ...lasting,
    /** `rolling`: as a bad release, so that the workload's own strategy decides how many pods it loses; else all at once. */
    params: z.strictObject({ rolling: z.boolean().default(false) }),
  },
  {
    kind: "config-corrupt",
    effect:
      "one key of a ConfigMap or Secret of the workload holds garbage, and its pods are restarted with it",
    layers: () => ["data"],
    ...lasting,
    /** `object`: `configmap/NAME` or `secret/NAME`; default: the only one the workload uses. `key`: default: its first. */
    params: z.strictObject({
      object: z
        .string()
        .regex(/^(configmap|secret)\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'such as "configmap/settings"')
        .exactOptional(),
      key: z.string().min(1).exactOptional(),
    }),
  },
  {
    kind: "node-delete",
    effect: "the node's machine and its Node object are gone for good, as a spot instance that was reclaimed",
    layers: () => ["process", "data"],
    ...blow,
  },
  {
    kind: "kubelet-stop",
    effect: "the node's kubelet hangs: containers run on, and nobody reports them or starts others",
    layers: () => ["control"],
    ...lasting,
  },
  {
    kind: "runtime-stop",
    effect:
      "the node's container runtime hangs: containers run on, and none can be started, stopped or probed",
    layers: () => ["control"],
    ...lasting,
  },
  {
    kind: "cordon",
    effect: "the node takes no new pods",
    layers: () => ["control"],
    ...lasting,
  },
  {
    kind: "drain",
    effect: "the node is cordoned and its pods are evicted, as far as their disruption budgets allow",
    layers: () => ["process"],
    ...lasting,
  },
  {
    kind: "taint",
    effect: "the node gets a taint that drives every pod away that does not tolerate it",
    layers: () => ["process"],
    ...lasting,
  },
  {
    kind: "node-memory-pressure",
    effect: "memory that belongs to no pod fills the node until its kubelet evicts pods",
    layers: () => ["memory"],
    ...lasting,
  },
  {
    kind: "node-disk-pressure",
    effect: "the node's bounded disk is filled until its kubelet evicts pods",
    layers: () => ["disk"],
    ...lasting,
  },
  {
    kind: "gpu-loss",
    effect: "the node offers no GPUs any more, also after its kubelet has restarted",
    layers: () => ["device"],
    ...lasting,
    /** `resource`: the extended resource; the default is the one of NVIDIA's device plug-in. */
    params: z.strictObject({
      resource: objectName.or(z.string().regex(/^[a-z0-9.-]+\/[a-z0-9.-]+$/)).default("nvidia.com/gpu"),
    }),
  },
  {
    kind: "api-outage",
    effect: "the server's Kubernetes API refuses every connection; everything that runs, runs on",
    layers: () => ["control"],
    ...lasting,
  },
  {
    kind: "cluster-dns-outage",
    effect: "the cluster's DNS service has no pods: names inside the cluster do not resolve",
    layers: () => ["dns"],
    ...lasting,
  },
];
