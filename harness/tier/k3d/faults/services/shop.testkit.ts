import { type TestCluster, TEST_IMAGE, testCluster } from "../../test-cluster.testkit.ts";

/** Answers on 8080, `/big` with 300 kB; keeps 40 MiB, as a service does. */
const API = `
const kept = Buffer.alloc(40 << 20, 1);
require("node:http").createServer((asked, to) => to.end(asked.url === "/big" ? kept.subarray(0, 300_000) : "hello")).listen(8080);`;
/** Leaves a file when it is asked to end, so that a test sees whether it was. */
const DB = `
process.on("SIGTERM", () => { require("node:fs").writeFileSync("/data/said-goodbye", ""); process.exit(0); });
require("node:http").createServer((_, to) => to.end("rows")).listen(8080);`;
const CLIENT = `process.on("SIGTERM", () => process.exit(0)); setInterval(() => undefined, 1e6);`;

const container = (name: string, program: string, more = "") => `
      - name: ${name}
        image: ${TEST_IMAGE}
        imagePullPolicy: IfNotPresent
        command: [node, -e, ${JSON.stringify(program)}]
${more}`;

const service = (name: string) => `
---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{port: 8080}]}`;

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      terminationGracePeriodSeconds: 1
      volumes: [{name: small, emptyDir: {medium: Memory, sizeLimit: 4Mi}}]
      containers:${container("api", API, "        volumeMounts: [{name: small, mountPath: /small}]\n        resources: {limits: {memory: 256Mi}}")}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: client}
spec:
  selector: {matchLabels: {app: client}}
  template:
    metadata: {labels: {app: client}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:${container("client", CLIENT)}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:${container("db", DB, "        volumeMounts: [{name: data, mountPath: /data}]")}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
${service("api")}${service("db")}`;

/** Two copies of `api`, a `db` with a volume, a `client` to ask from; one server, one agent. */
export interface Shop extends TestCluster {
  /** Asks from inside a pod of `client`; what came back, or the error's code. */
  ask(url: string): Promise<string>;
  /** Runs a shell script in the first pod of a service. */
  inside(target: string, script: string): Promise<string>;
  /** Names and ids of a service's pods, with their restarts and whether they are ready. */
  pods(target: string): Promise<readonly ShopPod[]>;
  /** Waits until every replica is ready. */
  settled(target: string): Promise<void>;
}

export interface ShopPod {
  readonly name: string;
  readonly uid: string;
  readonly restarts: number;
}

export async function openShop(letter: string): Promise<Shop> {
  const cluster = await testCluster(letter, {
    agents: [{ pool: "worker" }],
    manifests: MANIFESTS,
    workloads: [
      { kind: "Deployment", name: "api", replicas: 2 },
      { kind: "Deployment", name: "client", service: null },
      { kind: "StatefulSet", name: "db" },
    ],
  });
  const resource = (target: string) => `${target === "db" ? "statefulset" : "deployment"}/${target}`;
  const inPod = (target: string, ...argv: readonly string[]) =>
    cluster.kubectl("exec", "-n", "test", resource(target), "--", ...argv);
  return {
    ...cluster,
    ask: async (url) => (await inPod("client", "node", "-e", ASK, url)).trim(),
    inside: async (target, script) => (await inPod(target, "sh", "-c", script)).trim(),
    async pods(target) {
      const located = await cluster.context.locate(target);
      const pods = located.kind === "service" ? located.pods : [];
      return pods.map(({ metadata, status }) => ({
        name: metadata.name,
        uid: metadata.uid,
        restarts: status.containerStatuses?.[0]?.restartCount ?? 0,
      }));
    },
    async settled(target) {
      await cluster.kubectl("rollout", "status", "-n", "test", resource(target), "--timeout=120s");
    },
  };
}

const ASK = `
fetch(process.argv[1], { signal: AbortSignal.timeout(2500) })
  .then((answer) => answer.text())
  .then((text) => console.log(text.length > 100 ? text.length + " characters" : text))
  .catch((error) => console.log(error.cause?.code ?? error.name));`;
