/** A stack as read from a user's Compose file or charts and the hints in them. Plain, frozen data. */
export interface StackSpec {
  readonly name: string;
  /** Absolute path of the Compose file, the clusters.yaml, or the chart or manifests alone; empty for an adopted stack. */
  readonly file: string;
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** Roles that are answered by asking the running stack, e.g. `leader`. */
  readonly roles: Readonly<Record<string, DynamicRole>>;
  /** Nodes and clusters that can be hit by name; Compose stacks have none. */
  readonly places: Readonly<Record<string, PlaceSpec>>;
  /** What the k3d tier makes and installs; null for Compose stacks. */
  readonly kubernetes: KubernetesSpec | null;
}

export interface ServiceSpec {
  readonly name: string;
  readonly image: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly dependsOn: readonly Dependency[];
  /** TCP ports the service listens on, from `ports` and `expose`. */
  readonly ports: readonly number[];
  readonly restart: "no" | "always" | "unless-stopped" | "on-failure";
  readonly memoryLimitBytes: number | null;
  /** Named volumes: name → mount path. */
  readonly volumes: Readonly<Record<string, string>>;
  /** `x-firedrill.role`: what the service is, e.g. `control-plane`. Defaults to the service's name. */
  readonly role: string;
  /** `x-firedrill.node`: services that share a node are lost together. Defaults to the service's name. */
  readonly node: string;
  /** `x-firedrill.model`: what runs in the sim tier: `postgres`, `postgres-backup`, or a module path. */
  readonly model: string | null;
  /** `x-firedrill.mock`: which mock the service is, e.g. `llm`; null: none that faults of kind `mock` could hit. */
  readonly mock: string | null;
  /** The workload behind the service; null for Compose stacks. */
  readonly workload: WorkloadRef | null;
}

/** A Deployment, StatefulSet, DaemonSet or bare Pod. */
export interface WorkloadRef {
  /** Name of the cluster in the stack's description. */
  readonly cluster: string;
  readonly namespace: string;
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet" | "Pod";
  readonly name: string;
  /** `matchLabels` of its pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** As rendered; 1 for a bare Pod, 0 for a DaemonSet (one on each node). */
  readonly replicas: number;
  /** The Kubernetes Service through which its ports are reached, or null: then nobody outside can ask it. */
  readonly service: string | null;
}

/** A node or a whole cluster. In a stack of several clusters a node's name is `NODE.CLUSTER`. */
export interface PlaceSpec {
  /** `server-0`, `agent-2`, `agent-2.gpu-1`; a cluster's own name. */
  readonly name: string;
  readonly kind: "node" | "cluster";
  /** Words that also mean it: `server` or `agent` and its pool for a node; `cluster` for a cluster. */
  readonly roles: readonly string[];
  readonly cluster: string;
}

/** The clusters of a stack, in the order in which they are listed. */
export interface KubernetesSpec {
  readonly clusters: readonly ClusterSpec[];
}

export interface ClusterSpec {
  /** A short word, e.g. `main`. */
  readonly name: string;
  /** One, or three for a control plane with a quorum. */
  readonly servers: number;
  /** In the order of `agent-0`, `agent-1`, … */
  readonly agents: readonly AgentSpec[];
  /** Of every agent, null: all of the machine's. Needed for `node-memory-pressure`. */
  readonly agentMemoryBytes: number | null;
  /** Of every agent's kubelet, null: all of the machine's. Needed for `node-disk-pressure`. */
  readonly agentDiskBytes: number | null;
  readonly releases: readonly ReleaseSpec[];
  /** Every image that the releases' pods run, as written there, sorted. */
  readonly images: readonly string[];
}

export interface AgentSpec {
  /** Label `firedrill.dev/pool` of the node; several agents may share one. */
  readonly pool: string;
  readonly labels: Readonly<Record<string, string>>;
  /** GPUs it offers as `nvidia.com/gpu`; no real ones. */
  readonly gpus: number;
}

/** One chart or set of manifests, installed into one namespace. */
export type ReleaseSpec =
  | {
      readonly kind: "chart";
      /** Name of the Helm release. */
      readonly name: string;
      readonly namespace: string;
      /** Absolute path of the chart's folder. */
      readonly chart: string;
      /** Absolute paths, later ones win. */
      readonly valuesFiles: readonly string[];
    }
  | {
      readonly kind: "manifests";
      readonly name: string;
      readonly namespace: string;
      /** Absolute paths of YAML files. */
      readonly files: readonly string[];
    };

export interface Dependency {
  readonly service: string;
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
}

/** `x-firedrill.roles.NAME`: the one of `among` whose answer to GET `path` has `where` in it. */
export interface DynamicRole {
  /** A static role. */
  readonly among: string;
  readonly port: number;
  readonly path: string;
  /** Top-level fields of the JSON answer and the values they must have. */
  readonly where: Readonly<Record<string, string | number | boolean>>;
}
