import type { ServiceSpec, StackSpec } from "../../../stack/spec.ts";
import type { KubeApi } from "../api/kube-api.ts";
import type { Condition, ContainerStatus, KubeNode, Lease, Metadata, Pod } from "../api/objects.ts";

/** The instant at which staged histories begin, ms since 1970. */
export const T0 = Date.parse("2026-01-01T00:00:00.000Z");

const metadata = (name: string, namespace?: string): Metadata => ({
  name,
  uid: `uid-${name}`,
  creationTimestamp: "2026-01-01T00:00:00Z",
  resourceVersion: "1",
  ...(namespace === undefined ? {} : { namespace }),
});

/** A Node object that says so of itself. */
export function kubeNode(name: string, ready: Condition["status"] = "True"): KubeNode {
  const condition = { type: "Ready", status: ready, message: `said ${ready}` };
  return { metadata: metadata(name), spec: {}, status: { conditions: [condition] } };
}

/** A heartbeat at that instant (ms since 1970) that lasts 12 s. */
export function lease(name: string, atMs: number): Lease {
  const renewTime = new Date(atMs).toISOString();
  return { metadata: metadata(name, "kube-node-lease"), spec: { renewTime, leaseDurationSeconds: 12 } };
}

export interface StagedPod {
  readonly node?: string | null;
  readonly phase?: Pod["status"]["phase"];
  readonly reason?: string;
  readonly deleted?: boolean;
  readonly ready?: boolean;
  /** Of the Ready condition, ms since 1970. */
  readonly turnedMs?: number;
  readonly container?: Partial<ContainerStatus>;
  readonly startedMs?: number;
}

/** A pod of the service `web`, ready since T0 unless said otherwise. */
export function kubePod(name: string, staged: StagedPod = {}): Pod {
  const { node = "k3d-x-agent-0", phase = "Running", reason, deleted, ready = true } = staged;
  const { turnedMs = T0, startedMs = T0, container = {} } = staged;
  return {
    metadata: {
      ...metadata(name, "shop"),
      labels: { app: "web", hash: "1" },
      ...(deleted ? { deletionTimestamp: "2026-01-01T00:01:00Z" } : {}),
    },
    spec: { containers: [{ name: "main", image: "web:1" }], ...(node === null ? {} : { nodeName: node }) },
    status: {
      phase,
      ...(reason === undefined ? {} : { reason }),
      conditions: [
        { type: "Ready", status: ready ? "True" : "False", lastTransitionTime: inSeconds(turnedMs) },
      ],
      containerStatuses: [
        {
          name: "main",
          ready,
          restartCount: 0,
          image: "web:1",
          state: { running: { startedAt: inSeconds(startedMs) } },
          ...container,
        },
      ],
    },
  };
}

/** As Kubernetes writes times. */
const inSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const service = (name: string, cluster: string): ServiceSpec => ({
  name,
  image: null,
  environment: {},
  dependsOn: [],
  ports: [80],
  restart: "always",
  memoryLimitBytes: null,
  volumes: {},
  role: "front",
  node: name,
  model: null,
  mock: null,
  workload: {
    cluster,
    namespace: "shop",
    kind: "Deployment",
    name: "web",
    selector: { app: "web" },
    replicas: 2,
    service: "web",
  },
});

/** A service `web` of role `front`, on a cluster of one server and two agents; with two clusters `web.a` and `web.b`. */
export function stackOf(...names: readonly string[]): StackSpec {
  const several = names.length > 1;
  const services = names.map((cluster) => service(several ? `web.${cluster}` : "web", cluster));
  return {
    name: "staged",
    file: "",
    services: Object.fromEntries(services.map((it) => [it.name, it])),
    roles: {},
    places: {},
    kubernetes: {
      clusters: names.map((name) => ({
        name,
        servers: 1,
        agents: [1, 2].map(() => ({ pool: "agent", labels: {}, gpus: 0 })),
        agentMemoryBytes: null,
        agentDiskBytes: null,
        releases: [],
        images: [],
      })),
    },
  };
}

/** An API that answers `get` and `watch` as the test says, and nothing else. */
export function stagedApi(answers: Pick<KubeApi, "get"> & Partial<Pick<KubeApi, "watch">>): KubeApi {
  const unexpected = () => Promise.reject(new Error("nobody expected that call"));
  return {
    list: unexpected,
    post: unexpected,
    put: unexpected,
    patch: unexpected,
    delete: unexpected,
    text: unexpected,
    watch: unexpected,
    ...answers,
    [Symbol.asyncDispose]: async () => {},
  };
}
