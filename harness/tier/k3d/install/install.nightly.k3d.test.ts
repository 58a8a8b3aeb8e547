import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FiredrillError } from "../../../error.ts";
import { systemClock } from "../../../time/system-clock.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { testCluster, type TestCluster } from "../test-cluster.testkit.ts";
import { requireKubernetesTools } from "../tools.ts";
import { installStack } from "./install.ts";
import { nameClustersAcross } from "./names-across.ts";

let bench: TestCluster;
let folder: string;
beforeAll(async () => {
  bench = await testCluster("C", {
    clusters: ["one", "two"],
    agents: [],
    workloads: [{ kind: "Deployment", name: "crashes", namespace: "bad" }],
  });
  folder = await mkdtemp(join(tmpdir(), "fd-install-"));
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const deployment = (name: string, container: string, pod = "") => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
      ${pod}
      containers: [{name: main, ${container}}]
`;

/** Installs manifests into cluster `one`. */
async function install(manifests: string, withinMs: number): Promise<void> {
  const file = join(folder, "manifests.yaml");
  await writeFile(file, manifests);
  const { k3d, helm, kubectl } = await requireKubernetesTools();
  const [one] = bench.clusters;
  const releases = [{ kind: "manifests" as const, name: "bad", namespace: "bad", files: [file] }];
  const cluster: Cluster = { ...one!, spec: { ...one!.spec, releases } };
  await installStack({
    spec: bench.spec,
    clusters: [cluster],
    tools: { k3d: k3d.path, helm: helm.path, kubectl: kubectl.path },
    env: bench.trial.toolEnv,
    clock: systemClock(),
    signal: new AbortController().signal,
    withinMs,
  });
}

it("names the pods that never got ready, what Kubernetes says of them, and the ends of their logs", async () => {
  const manifests = [
    deployment("crashes", `image: "node:24", command: [sh, -c, "echo the cause >&2; exit 3"]`),
    deployment("homeless", `image: "node:24"`, "nodeSelector: {no: where}"),
    deployment("imageless", `image: "firedrill.local/nowhere:1", imagePullPolicy: Never`),
  ].join("---");
  const error = await install(manifests, 20_000).then(
    () => null,
    (thrown: unknown) => thrown as FiredrillError,
  );
  expect(error).toMatchObject({ code: "RUN_STACK" });
  expect(error!.message).toMatch(/"crashes-\S+" is CrashLoopBackOff: it ended with 3/);
  expect(error!.message).toMatch(/"homeless-\S+" is not scheduled \(Unschedulable: 0\/1 nodes/);
  expect(error!.message).toMatch(/"imageless-\S+" can't get its image firedrill\.local\/nowhere:1/);
  expect(error!.hint).toContain("the cause");
});

it("says what the API server refuses", async () => {
  await expect(install("apiVersion: v1\nkind: Nonsense\nmetadata: {name: x}\n", 5_000)).rejects.toMatchObject(
    {
      code: "RUN_STACK",
      message: 'cluster "one" refuses the manifests',
    },
  );
});

it("lets clusters find each other by name", async () => {
  await nameClustersAcross(bench.clusters);
  const hosts = await bench.kubectl("get", "configmap", "-n", "kube-system", "coredns", "-o", "yaml");
  const [, two] = bench.nodes;
  expect(hosts).toContain(`${bench.trial.network.nodeAddress(1)} ${two!.name} ${two!.place} two.clusters`);
});
