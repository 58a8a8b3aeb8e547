import { afterAll, beforeAll, expect, it } from "vitest";
import { LABEL_RUN } from "../../../stack/labels.ts";
import { leftovers } from "../../compose/compose-tier.testkit.ts";
import { requireEngine } from "../../compose/engine.ts";
import type { RunningStack } from "../../tier.ts";
import { k3dBench, type K3dBench } from "../k3d-tier.testkit.ts";

const { docker } = await requireEngine();
const signal = new AbortController().signal;

const STACK = {
  "clusters.yaml": `
name: shop
clusters:
  main:
    agents: [{ pool: worker, gpus: 1 }]
    install: [{ manifests: ./web.yaml, namespace: shop }]
`,
  // Of everything that can be left over: a program that takes its whole grace, a claim, something of no namespace.
  "web.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 300
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
      containers:
        - name: web
          image: node:24
          imagePullPolicy: IfNotPresent
          command: [node, -e, "process.on('SIGTERM', () => {}); require('node:http').createServer((_, to) => to.end(String(fs.existsSync('/data/old')))).listen(8080)"]
          volumeMounts: [{ name: data, mountPath: /data }]
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: shop }
value: 7
`,
};

let bench: K3dBench;
let stack: RunningStack;
let nodes: readonly string[];
beforeAll(async () => {
  bench = await k3dBench(STACK);
  stack = await bench.up({ trial: 1, reuse: true });
  nodes = await nodeContainers();
});
afterAll(() => bench[Symbol.asyncDispose]());

async function nodeContainers(): Promise<readonly string[]> {
  const filters = { label: [`${LABEL_RUN}=${bench.runId}`, "k3d.role"] };
  return (await docker.listContainers({ all: true, filters })).map(({ Id }) => Id).toSorted();
}

async function operator(script: string): Promise<void> {
  const { exitCode, output } = await stack.runShell({ script, env: {}, timeoutMs: 60_000, signal });
  if (exitCode !== 0) throw new Error(output);
}

const told = () => bench.events.filter((event) => event.kind === "stack.reused");
const dataIsOld = async () =>
  (await stack.request({ method: "GET", url: "http://web/", timeoutMs: 10_000 })).body;

it("brings the second trial up on the clusters of the first, as if nothing had been there", async () => {
  expect(nodes).toHaveLength(2);
  expect(told()).toEqual([]);
  await operator(`
    kubectl exec deploy/web -- sh -c 'touch /data/old; node -e "fetch(\\"http://198.51.100.7\\").catch(() => {})"'
    kubectl create configmap forgotten -n default
  `);
  expect(await dataIsOld()).toBe("true");
  expect((await stack.outsideAttempts()).attempts).toBeGreaterThan(0);
  await stack.leaveWarm!();

  stack = await bench.up({ trial: 2, reuse: true });
  expect(told()).toEqual([{ kind: "stack.reused", pristine: true, detail: expect.any(String) }]);
  expect(await nodeContainers()).toEqual(nodes);
  expect(await dataIsOld()).toBe("false");
  expect((await stack.outsideAttempts()).attempts).toBe(0);
  await expect(operator("kubectl get configmap forgotten -n default")).rejects.toThrow("NotFound");
});

it("makes new clusters when a taint was left on a node, and says so", async () => {
  await operator("kubectl taint nodes --all left=over:PreferNoSchedule");
  await stack.leaveWarm!();
  stack = await bench.up({ trial: 3, reuse: false });
  expect(told()[1]).toMatchObject({
    pristine: false,
    detail: expect.stringContaining("left=over:PreferNoSchedule"),
  });
  const now = await nodeContainers();
  expect(now).toHaveLength(2);
  expect(now.filter((id) => nodes.includes(id))).toEqual([]);
});

it("leaves nothing after the last trial", async () => {
  expect(stack.leaveWarm).toBeUndefined();
  await stack[Symbol.asyncDispose]();
  expect(await leftovers(docker, bench.runId)).toEqual([]);
});
