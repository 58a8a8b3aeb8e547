import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FaultKind } from "../../../../fault/kinds.ts";
import type { Pod } from "../../api/objects.ts";
import type { KubernetesTimes } from "../../../tier.ts";
import { KUBERNETES_TIMES, RENEWALS_PER_LEASE } from "../../cluster/times.ts";
import { type TestCluster, testCluster } from "../../test-cluster.testkit.ts";
import { inject } from "../fault-bench.testkit.ts";
import { watchNodes } from "./watched-nodes.testkit.ts";

/** Two pods that stay only as long as every pod does by default; a DaemonSet's would stay for ever. */
const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: web } } }
      nodeSelector: { firedrill.dev/pool: worker }
      containers: [{ name: web, image: "node:24", command: [sleep, "3600"] }]
`;

/** How often a test looks. */
const LOOK_EVERY_MS = 200;
/** No constant of Kubernetes: what a machine with many helpers on two cores may add to any of them. */
const BUSY_MS = 3_000;
/** A renewal comes up to so much later than its period says (kubelet v1.34, pkg/kubelet: leases use wait.JitterUntil 0.04). */
const JITTER = 1.04;

/** A range in ms, of time since something. */
export type Range = readonly [fromMs: number, toMs: number];

/** What Kubernetes' own constants allow. */
export function rangesOf(profile: KubernetesTimes) {
  const { nodeMonitorGracePeriod, nodeMonitorPeriod, nodeStatusUpdate, nodeLease, toleration } =
    KUBERNETES_TIMES[profile];
  const renewal = (nodeLease / RENEWALS_PER_LEASE) * JITTER;
  const seconds = (from: number, to: number): Range => [from * 1_000 - LOOK_EVERY_MS, to * 1_000 + BUSY_MS];
  return {
    /**
     * From the last sign of life, which is at most a renewal old: the controller sees it at its next look, waits for the
     * grace period, and looks again.
     */
    lost: seconds(nodeMonitorGracePeriod - renewal, nodeMonitorGracePeriod + 2 * nodeMonitorPeriod),
    /** From then on: pods stay as long as they tolerate the taint, which comes with the condition or one look later. */
    evicted: seconds(toleration, toleration + nodeMonitorPeriod),
    /** A node that can report again does so at its next look at itself; a report that was under way times out first. */
    back: seconds(0, 2 * nodeStatusUpdate),
  };
}

const HOW_LOST: readonly (readonly [FaultKind, string])[] = [
  ["kill", "the process is gone"],
  ["pause", "it is frozen"],
  ["partition", "it can't be reached"],
  ["kubelet-stop", "only its kubelet hangs"],
];

/** How nodes are lost and come back (facts on Kubernetes, §1.5), as ranges of the profile's constants. */
export function describeTimings(profile: KubernetesTimes): void {
  const ranges = rangesOf(profile);
  let cluster: TestCluster;
  let watched: ReturnType<typeof watchNodes>;
  beforeAll(async () => {
    const workloads = [{ kind: "Deployment", name: "web" }] as const;
    cluster = await testCluster("f1", { times: profile, manifests: WEB, workloads });
    watched = watchNodes(cluster);
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  const readyIs = (wanted: string) => async () =>
    (await watched.ready("agent-0").catch(() => "silence")) === wanted;
  const podLeaves = async () => {
    const pods = await cluster.clusters[0]!.api.list<Pod>("/api/v1/namespaces/test/pods");
    return pods.some(
      ({ spec, metadata }) =>
        spec.nodeName === watched.at("agent-0").name && metadata.deletionTimestamp !== undefined,
    );
  };

  describe(`with the ${profile} times`, () => {
    test.each(HOW_LOST)("%s (%s): lost, evicted and back within Kubernetes' own limits", async (kind) => {
      const beforeMs = performance.now();
      const fault = await inject(cluster, kind, "agent-0");
      const afterMs = performance.now();
      const lostMs = await timeOf(readyIs("Unknown"), ranges.lost[1]);
      expect(lostMs - beforeMs).toBeGreaterThanOrEqual(ranges.lost[0]);
      expect(lostMs - afterMs).toBeLessThanOrEqual(ranges.lost[1]);
      const evictedMs = await timeOf(podLeaves, ranges.evicted[1]);
      expect(evictedMs - lostMs).toBeGreaterThanOrEqual(ranges.evicted[0]);
      expect(evictedMs - lostMs).toBeLessThanOrEqual(ranges.evicted[1]);
      await fault.putBack();
      const putBackMs = performance.now();
      const backMs = await timeOf(readyIs("True"), 60_000);
      // A killed one boots first, for which Kubernetes has no constant.
      if (kind !== "kill") expect(backMs - putBackMs).toBeLessThanOrEqual(ranges.back[1]);
      await watched.beatsAgain("agent-0");
      await cluster.kubectl("rollout", "status", "-n", "test", "deployment/web", "--timeout=90s");
    });

    test("a server that comes back tells of the time before: Ready is not to be believed", async () => {
      const killedMs = Date.now();
      const fault = await inject(cluster, "kill", "server-0");
      await fault.putBack();
      await timeOf(readyIs("True"), 60_000);
      expect(await watched.ready("server-0")).toBe("True");
      expect(await watched.lastBeat("server-0")).toBeLessThan(killedMs);
      await watched.beatsAgain("server-0");
    });
  });
}

/** When it is so for the first time, on the clock of `performance.now`. Throws after the limit and some time. */
async function timeOf(isSo: () => Promise<boolean>, limitMs: number): Promise<number> {
  const endMs = performance.now() + limitMs + 10_000;
  while (performance.now() < endMs) {
    if (await isSo()) return performance.now();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`not within ${limitMs} ms`);
}
