import type { KubernetesTimes } from "../../tier.ts";

/** Kubernetes' own constants, in seconds. */
export interface TimeLimits {
  /** kube-controller-manager: a node whose heartbeat is older is NotReady. */
  readonly nodeMonitorGracePeriod: number;
  /** kube-controller-manager: it looks this often. */
  readonly nodeMonitorPeriod: number;
  /** kubelet: it looks at its own state this often, and reports what has changed. */
  readonly nodeStatusUpdate: number;
  /** kubelet: it reports this often when nothing has changed. */
  readonly nodeStatusReport: number;
  /** kubelet: how long a heartbeat holds. */
  readonly nodeLease: number;
  /** kube-apiserver: pods stay this long on a node that is NotReady or unreachable. */
  readonly toleration: number;
  /** kubelet: memory or disk pressure is over only after this long. */
  readonly pressureTransition: number;
}

/** A kubelet renews its heartbeat every quarter of the time it holds (kubelet v1.34, nodeLeaseRenewIntervalFraction). */
export const RENEWALS_PER_LEASE = 4;

export const KUBERNETES_TIMES: Readonly<Record<KubernetesTimes, TimeLimits>> = {
  /** Defaults of Kubernetes v1.34: pkg/controller/nodelifecycle/config, pkg/kubelet/apis/config, `kube-apiserver --help`. */
  production: {
    nodeMonitorGracePeriod: 50,
    nodeMonitorPeriod: 5,
    nodeStatusUpdate: 10,
    nodeStatusReport: 300,
    nodeLease: 40,
    toleration: 300,
    pressureTransition: 300,
  },
  /** Ours: upstream's proportions in about a fourth of the time; the grace period is four renewals, upstream's is five. */
  fast: {
    nodeMonitorGracePeriod: 12,
    nodeMonitorPeriod: 2,
    nodeStatusUpdate: 4,
    nodeStatusReport: 4,
    nodeLease: 12,
    toleration: 10,
    pressureTransition: 10,
  },
};
