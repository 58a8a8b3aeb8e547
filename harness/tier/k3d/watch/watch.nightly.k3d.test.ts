import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventBody } from "../../../events/vocabulary.ts";
import { systemClock } from "../../../time/system-clock.ts";
import type { Lease, Pod } from "../api/objects.ts";
import { type TestCluster, testCluster } from "../test-cluster.testkit.ts";
import { clusterFingerprint } from "./fingerprint.ts";
import { answerTruth } from "./truth.ts";
import { type ClusterWatch, watchClusters } from "./watch-clusters.ts";

// One server, one agent, one pod on the agent; time limits of the profile `fast`.
const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      nodeSelector: { firedrill.dev/pool: worker }
      terminationGracePeriodSeconds: 1
      # Away for long enough that its node's return is seen first.
      tolerations: [{ operator: Exists, effect: NoExecute, tolerationSeconds: 600 }]
      containers:
        - name: main
          image: node:24
          imagePullPolicy: IfNotPresent
          command: [sleep, "86400"]
          readinessProbe: { exec: { command: ["true"] }, periodSeconds: 1 }
`;

const WITHIN_MS = 120_000;
let bench: TestCluster;
let watch: ClusterWatch;
const events: (EventBody & { readonly atMs: number })[] = [];

beforeAll(async () => {
  bench = await testCluster("e", {
    agents: [{ pool: "worker" }],
    manifests: MANIFESTS,
    workloads: [{ kind: "Deployment", name: "web" }],
  });
  watch = await watchClusters({
    clusters: bench.clusters,
    spec: bench.spec,
    docker: bench.docker,
    emit: (event) => void events.push({ ...event, atMs: Date.now() }),
    clock: systemClock(),
    signal: new AbortController().signal,
  });
});
afterAll(async () => {
  await watch?.stop();
  await bench?.[Symbol.asyncDispose]();
});

const nameOf = (place: string): string => bench.nodes.find((node) => node.place === place)!.name;
const container = (place: string) => bench.docker.getContainer(nameOf(place));
const ask = (path: string): unknown =>
  JSON.parse(answerTruth({ method: "GET", url: `http://cluster${path}`, timeoutMs: 1_000 }, watch)!.body);

async function until(what: string, good: () => boolean): Promise<void> {
  for (const endMs = Date.now() + WITHIN_MS; !good();) {
    if (Date.now() > endMs)
      throw new Error(`${what}: not within ${WITHIN_MS} ms: ${JSON.stringify(watch.nodes())}`);
    await sleep(50);
  }
}
const stateOf = (place: string) => watch.nodes().find((node) => node.place === place)?.state;
const allReady = () => [...watch.nodes(), ...watch.pods("web")].every(({ state }) => state === "ready");

/** What was told of one thing since then. */
const told = (since: number, ofNode: string): string[] =>
  events
    .slice(since)
    .flatMap((event) => (event.kind === "node.state" && event.node === ofNode ? [event.state] : []));
const heartbeat = async (place: string): Promise<number> => {
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${nameOf(place)}`;
  return Date.parse((await bench.clusters[0]!.api.get<Lease>(path)).spec.renewTime!);
};

test("an agent that was killed is down at once, and ready only with a heartbeat from after its start", async () => {
  await until("steady", allReady);
  expect(ask("/nodes")).toMatchObject({ ready: 2, total: 2 });
  const before = await clusterFingerprint(bench.clusters, bench.docker, bench.labels);
  const since = events.length;

  watch.noteInjection();
  const killedMs = Date.now();
  await container("agent-0").kill();
  await until("down", () => stateOf("agent-0") === "down");
  expect(Date.now() - killedMs).toBeLessThan(10_000);
  expect(watch.pods("web")).toMatchObject([{ state: "not-ready", node: "agent-0" }]);
  expect(ask("/pods?service=web")).toMatchObject({ ready: 0, total: 1 });
  expect(events.slice(since)).toContainEqual(
    expect.objectContaining({ kind: "service.state", service: "web", state: "exited" }),
  );

  const startedMs = Date.now();
  await container("agent-0").start();
  await until("ready again", () => stateOf("agent-0") === "ready");
  expect(await heartbeat("agent-0")).toBeGreaterThan(startedMs);
  expect(told(since, "agent-0")[0]).toBe("down");
  expect(told(since, "agent-0")[1]).toBe("unknown");
  await until("pod ready again", allReady);
  const [pod] = await bench.clusters[0]!.api.list<Pod>("/api/v1/namespaces/test/pods");
  const { running } = pod!.status.containerStatuses![0]!.state;
  expect(Date.parse(running!.startedAt) + 1_000).toBeGreaterThan(startedMs);
  expect(told(since, "server-0")).toEqual([]);

  expect(await clusterFingerprint(bench.clusters, bench.docker, bench.labels)).toEqual(before);
  await bench.kubectl("cordon", nameOf("agent-0"));
  expect(await clusterFingerprint(bench.clusters, bench.docker, bench.labels)).not.toEqual(before);
  await bench.kubectl("uncordon", nameOf("agent-0"));
});

test("after a server was killed and started, nobody is believed until a new heartbeat, though all data says Ready", async () => {
  await until("steady", allReady);
  const since = events.length;
  await container("server-0").kill();
  await until("silence", () => stateOf("agent-0") === "unknown");
  expect(ask("/api")).toEqual({ answers: false, latencyMs: null });

  const startedMs = Date.now();
  await container("server-0").start();
  await until("ready again", () => stateOf("agent-0") === "ready" && stateOf("server-0") === "ready");
  expect(await heartbeat("agent-0")).toBeGreaterThan(startedMs);
  expect(told(since, "agent-0")).toEqual(["unknown", "ready"]);
  expect(told(since, "server-0").at(-1)).toBe("ready");
  await until("all ready", allReady);
});

test("a frozen agent is paused at once and its pod not ready; a thawed one needs a heartbeat", async () => {
  await until("steady", allReady);
  const since = events.length;
  await container("agent-0").pause();
  await until("paused", () => stateOf("agent-0") === "paused");
  expect(watch.pods("web")).toMatchObject([{ state: "not-ready" }]);
  await container("agent-0").unpause();
  await until("ready again", () => stateOf("agent-0") === "ready");
  expect(told(since, "agent-0")[0]).toBe("paused");
  expect(told(since, "agent-0").at(-1)).toBe("ready");
});
