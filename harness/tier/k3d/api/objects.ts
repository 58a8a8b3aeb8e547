/** What we read of Kubernetes' objects (API reference, v1.34); everything else in them is left unread. */

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly resourceVersion: string;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
}

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface KubeNode {
  readonly metadata: Metadata;
  readonly spec: {
    readonly unschedulable?: boolean;
    readonly podCIDR?: string;
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  };
  readonly status: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly (Condition & { readonly lastHeartbeatTime?: string })[];
  };
}

/** In the namespace `kube-node-lease`, one for each node: its heartbeat. */
export interface Lease {
  readonly metadata: Metadata;
  readonly spec: { readonly renewTime?: string; readonly leaseDurationSeconds?: number };
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  /** `containerd://<id>`; absent until it was created. */
  readonly containerID?: string;
  readonly image: string;
  readonly state: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerState {
  readonly running?: { readonly startedAt: string };
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly reason?: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
  };
}

export interface Pod {
  readonly metadata: Metadata;
  readonly spec: {
    readonly nodeName?: string;
    /** It has no network of its own: it uses its node's. */
    readonly hostNetwork?: boolean;
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
    }[];
    readonly volumes?: readonly {
      readonly name: string;
      readonly persistentVolumeClaim?: { readonly claimName: string };
      readonly configMap?: { readonly name: string };
      readonly secret?: { readonly secretName: string };
      readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string };
    }[];
    readonly priorityClassName?: string;
  };
  readonly status: {
    readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
    readonly reason?: string;
    readonly message?: string;
    readonly podIP?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface KubeService {
  readonly metadata: Metadata;
  readonly spec: {
    /** `None` for a headless one. */
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[];
    readonly selector?: Readonly<Record<string, string>>;
  };
}

/** A Deployment, StatefulSet or DaemonSet. */
export interface Workload {
  readonly metadata: Metadata;
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly spec: Pick<Pod["spec"], "containers" | "volumes"> };
    /** Of a StatefulSet: each pod gets a claim of its own, `NAME-POD`. */
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
  readonly status: { readonly replicas?: number; readonly readyReplicas?: number };
}
