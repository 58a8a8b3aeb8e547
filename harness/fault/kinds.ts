/** Kinds that mean something wherever processes run, in the words of the field. */
export const COMMON_KINDS = [
  "kill",
  "crash",
  "stop",
  "pause",
  "node-loss",
  "db-outage",
  "data-loss",
  "memory-pressure",
  "cpu-stress",
  "disk-full",
  "partition",
  "latency",
  "bandwidth",
  "dns-failure",
  "mock",
] as const;

/** Kinds that hit pods, nodes and a control plane as such: only Kubernetes has them. */
export const KUBERNETES_KINDS = [
  "pod-kill",
  "crash-loop",
  "image-missing",
  "config-corrupt",
  "node-delete",
  "kubelet-stop",
  "runtime-stop",
  "cordon",
  "drain",
  "taint",
  "node-memory-pressure",
  "node-disk-pressure",
  "gpu-loss",
  "api-outage",
  "cluster-dns-outage",
] as const;

/** Every fault kind. */
export const FAULT_KINDS = [...COMMON_KINDS, ...KUBERNETES_KINDS] as const;

export type CommonKind = (typeof COMMON_KINDS)[number];
export type KubernetesKind = (typeof KUBERNETES_KINDS)[number];
export type FaultKind = CommonKind | KubernetesKind;
