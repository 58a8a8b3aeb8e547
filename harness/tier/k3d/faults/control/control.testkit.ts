import { expect } from "vitest";
import { until } from "../../../compose/faults/faults.testkit.ts";
import type { KubeNode, Pod } from "../../api/objects.ts";
import { execInNode } from "../in-node.ts";
import { TEST_IMAGE, type TestCluster, testCluster } from "../../test-cluster.testkit.ts";
import { advertiseGpus } from "./gpus.ts";

const LOOKS_FOR_RESTORED = 20;
const MIB = 1024 * 1024;
/** In the Secret `password`; it may be found nowhere but in the cluster. */
export const SECRET_VALUE = "hunter2-hunter2";
const pod = (body: string) => `
      terminationGracePeriodSeconds: 20
      containers:
        - name: main
          image: ${TEST_IMAGE}
          imagePullPolicy: IfNotPresent
${body}`;
const workload = (kind: string, name: string, spec: string, body: string) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
${spec}
  template:
    metadata: { labels: { app: ${name} } }
    spec:${pod(body)}
---`;
const budget = (name: string, rule: string) => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ${name} }
spec: { ${rule}, selector: { matchLabels: { app: ${name} } } }
---`;
/** Shells do not end on SIGTERM as a container's first process: these pods need their whole grace. */
const MANIFESTS = [
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: settings }, data: { mode: good } }\n---`,
  `{ apiVersion: v1, kind: Secret, metadata: { name: password }, stringData: { password: ${SECRET_VALUE} } }\n---`,
  workload(
    "Deployment",
    "web",
    "  replicas: 2",
    `          command: [sh, -c, 'grep -q -e good -e better /settings/mode || exit 3; while true; do sleep 1; done']
          volumeMounts: [{ name: settings, mountPath: /settings }]
      volumes: [{ name: settings, configMap: { name: settings } }]`,
  ),
  workload(
    "StatefulSet",
    "database",
    "  serviceName: database",
    `          command: [sh, -c, 'test "$PASSWORD" = ${SECRET_VALUE} || exit 4; while true; do sleep 1; done']
          env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: password, key: password } } }]`,
  ),
  workload("Deployment", "pinned", "", `          command: [sleep, "3600"]\n      nodeSelector: { zone: b }`),
  budget("web", "minAvailable: 1"),
  budget("pinned", "maxUnavailable: 0"),
].join("\n");

/** A cluster with one GPU on agent-0 and a workload that only runs on agent-1. */
export interface ControlBench extends AsyncDisposable {
  readonly cluster: TestCluster;
  nodeName(place: string): string;
  node(place: string): Promise<KubeNode>;
  pods(app: string): Promise<readonly Pod[]>;
  /** Runs a shell script inside a pod of this app. */
  inside(app: string, script: string): Promise<string>;
  /** Waits until every workload is ready and no node is short of anything. */
  settled(): Promise<void>;
  /** Everything that these faults may change, in a form that can be compared. */
  state(): Promise<string>;
  /** Fails unless the state is soon what it was. */
  restored(before: string): Promise<void>;
}

export async function controlBench(): Promise<ControlBench> {
  const cluster = await testCluster("f3", {
    agents: [
      { pool: "worker", gpus: 1, labels: { zone: "a" } },
      { pool: "worker", labels: { zone: "b" } },
    ],
    agentMemoryBytes: 900 * MIB,
    agentDiskBytes: 512 * MIB,
    manifests: MANIFESTS,
    workloads: [
      { kind: "Deployment", name: "web" },
      { kind: "StatefulSet", name: "database" },
      { kind: "Deployment", name: "pinned" },
    ],
  });
  const { context, kubectl, docker } = cluster;
  const { api } = context.cluster("main");
  const nodeName = (place: string) => cluster.nodes.find((node) => node.place === place)?.name ?? place;
  const gpus = cluster.nodes.map(({ name, place }) => ({ name, gpus: place === "agent-0" ? 1 : 0 }));
  const keeper = await advertiseGpus({ api, clock: context.clock, nodes: gpus });
  const state = async () => {
    const objects = await Promise.all(OBJECTS.map(async (path) => api.list<AnyObject>(path)));
    const files = cluster.nodes.map(async ({ name }) => {
      const found = await execInNode(docker, name, ["sh", "-c", "ls /run /var/lib/kubelet | grep firedrill"]);
      return `${name}: ${found.stdout}`;
    });
    return [...objects.flat().map(changeable), ...(await Promise.all(files))].join("\n");
  };
  return {
    cluster,
    nodeName,
    node: (place) => api.get<KubeNode>(`/api/v1/nodes/${nodeName(place)}`),
    pods: (app) => api.list<Pod>(`/api/v1/namespaces/test/pods?labelSelector=app%3D${app}`),
    async inside(app, script) {
      return kubectl("exec", "-n", "test", app, "--", "sh", "-c", script);
    },
    async settled() {
      await until(async () => {
        const tainted = (await api.list<KubeNode>("/api/v1/nodes")).filter(({ spec }) => spec.taints?.length);
        return tainted.length === 0 || new Error(`tainted: ${tainted.map((it) => it.metadata.name).join()}`);
      });
      for (const it of ["deployment/web", "statefulset/database", "deployment/pinned"])
        await kubectl("rollout", "status", "-n", "test", it, "--timeout=60s");
      await kubectl("rollout", "status", "-n", "kube-system", "deployment/coredns", "--timeout=60s");
    },
    state,
    async restored(before) {
      for (let look = 1; ; look++) {
        const now = await state();
        // Whoever keeps the GPUs offered looks every second; a restarted kubelet needs a moment.
        if (now === before || look === LOOKS_FOR_RESTORED) return expect(now).toBe(before);
        await context.clock.sleep(1_000);
      }
    },
    async [Symbol.asyncDispose]() {
      await keeper[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

const OBJECTS = [
  "/api/v1/nodes",
  "/api/v1/namespaces/test/configmaps",
  "/api/v1/namespaces/test/secrets",
  "/apis/apps/v1/namespaces/test/deployments",
  "/apis/apps/v1/namespaces/test/statefulsets",
  "/apis/apps/v1/namespaces/kube-system/deployments",
  "/api/v1/namespaces/kube-system/secrets",
];

interface AnyObject {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: object;
  readonly spec?: {
    readonly replicas?: number;
    readonly strategy?: object;
    readonly template?: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string }[];
  };
  readonly status?: { readonly capacity?: Readonly<Record<string, string>> };
}

function changeable({ metadata, data, spec, status }: AnyObject): string {
  return JSON.stringify([
    metadata.name,
    Object.keys(metadata.annotations ?? {}).filter((key) => key.includes("lost")),
    data,
    spec?.replicas,
    spec?.strategy,
    spec?.template?.spec.containers.map(({ image }) => image),
    spec?.unschedulable,
    spec?.taints?.filter(({ key }) => key.startsWith("firedrill")),
    status?.capacity?.["nvidia.com/gpu"],
  ]);
}
