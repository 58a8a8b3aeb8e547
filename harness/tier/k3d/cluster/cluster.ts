import type { KubeApi } from "../api/kube-api.ts";
import type { ClusterSpec } from "../../../stack/spec.ts";

/** A cluster that is up. */
export interface Cluster {
  readonly spec: ClusterSpec;
  /** k3d's name for it, see names.ts. */
  readonly id: string;
  /** The run's own kubeconfig; one context for each cluster, called by the cluster's name. */
  readonly kubeconfig: string;
  readonly api: KubeApi;
}

/** A node as it can be hit. Its container and its Node object have the same name. */
export interface NodeRef {
  /** The name in `StackSpec.places`. */
  readonly place: string;
  readonly cluster: string;
  /** `k3d-fd-1a2b3c4d-t1-main-agent-0`. */
  readonly name: string;
  readonly role: "server" | "agent";
}
