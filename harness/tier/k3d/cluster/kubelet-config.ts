import type { ClusterSpec } from "../../../stack/spec.ts";
import type { TimeLimits } from "./times.ts";

/** Where k3s v1.32 and later has its kubelet read further settings (k3s, pkg/daemons/agent: `--config-dir`). */
export const KUBELET_CONFIG_DIR = "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d";
/** After k3s's own `00-k3s-defaults.conf`: files are read in the order of their names. */
export const KUBELET_CONFIG_FILE = `${KUBELET_CONFIG_DIR}/50-firedrill.conf`;

/** With these free, a node whose memory or disk has a limit of its own evicts long before the kernel kills. */
const EVICT_MEMORY = "150Mi";
const EVICT_DISK = "20%";
/** Kubernetes' default for memory; a disk that is the whole machine's must not evict because somebody else filled it. */
const HARDLY_EVER = { memory: "100Mi", disk: "1%" };

/** The kubelet's settings of one cluster as a KubeletConfiguration (v1beta1); JSON is YAML too. */
export function kubeletConfig(cluster: ClusterSpec, role: "server" | "agent", times: TimeLimits): string {
  const limited = role === "agent";
  const memory = limited && cluster.agentMemoryBytes !== null ? EVICT_MEMORY : HARDLY_EVER.memory;
  const disk = limited && cluster.agentDiskBytes !== null ? EVICT_DISK : HARDLY_EVER.disk;
  const settings = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    nodeStatusUpdateFrequency: `${times.nodeStatusUpdate}s`,
    nodeStatusReportFrequency: `${times.nodeStatusReport}s`,
    nodeLeaseDurationSeconds: times.nodeLease,
    evictionPressureTransitionPeriod: `${times.pressureTransition}s`,
    // Images are brought in once and can't be pulled again: unused ones stay (100 switches the collection off).
    imageGCHighThresholdPercent: 100,
    // Images lie on the machine's own disk, always.
    evictionHard: {
      "memory.available": memory,
      "nodefs.available": disk,
      "nodefs.inodesFree": "1%",
      "imagefs.available": HARDLY_EVER.disk,
    },
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}
