import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { inject } from "../fault-bench.testkit.ts";
import { execInNode } from "../in-node.ts";
import { until } from "../../../compose/faults/faults.testkit.ts";
import { type ControlBench, controlBench, SECRET_VALUE } from "./control.testkit.ts";

let bench: ControlBench;
let before = "";
beforeAll(async () => {
  bench = await controlBench();
});
afterAll(() => bench?.[Symbol.asyncDispose]());
beforeEach(async () => {
  await bench.settled();
  before = await bench.state();
});
afterEach(() => bench.restored(before));

const podsOn = async (app: string, place: string) =>
  (await bench.pods(app)).filter(({ spec }) => spec.nodeName === bench.nodeName(place));

test("cordon: the node takes no new pods, and takes them again afterwards", async () => {
  const fault = await inject(bench.cluster, "cordon", "agent-1");
  expect(fault.evidence).toBe("agent-1: unschedulable");
  await bench.cluster.kubectl("delete", "pod", "-n", "test", "-l", "app=pinned", "--grace-period=1");
  await until(async () => {
    const [pod] = await bench.pods("pinned");
    const why = pod?.status.conditions?.find(({ type }) => type === "PodScheduled")?.message ?? "";
    return why.includes("unschedulable") || new Error(why);
  });
  await fault.putBack();
});

test("cordon: a node that somebody else has cordoned stays so", async () => {
  await bench.cluster.kubectl("cordon", bench.nodeName("agent-0"));
  const fault = await inject(bench.cluster, "cordon", "agent-0");
  await fault.putBack();
  expect((await bench.node("agent-0")).spec.unschedulable).toBe(true);
  await bench.cluster.kubectl("uncordon", bench.nodeName("agent-0"));
});

test("drain: what can be evicted is gone", async () => {
  const fault = await inject(bench.cluster, "drain", "agent-0");
  expect(fault.evidence).toBe("agent-0: unschedulable, and no pod is left that can be evicted");
  expect(await podsOn("web", "agent-0")).toEqual([]);
  expect(await podsOn("database", "agent-0")).toEqual([]);
  await fault.putBack();
});

test("drain: a budget that holds a pod is quoted, and the pod stays until it allows it", async () => {
  const fault = await inject(bench.cluster, "drain", "agent-1");
  expect(fault.evidence).toContain("all that is left is held");
  expect(fault.evidence).toContain("The disruption budget pinned needs 1 healthy pods");
  expect(await podsOn("pinned", "agent-1")).toHaveLength(1);
  await fault.putBack();
});

test("image-missing, rolling: the strategy keeps what it keeps, and the roll-out hangs", async () => {
  const fault = await inject(bench.cluster, "image-missing", "web", { params: { rolling: true } });
  const ready = "jsonpath={.status.readyReplicas}";
  expect(
    Number(await bench.cluster.kubectl("get", "-n", "test", "deployment/web", "-o", ready)),
  ).toBeGreaterThan(0);
  await fault.putBack();
});

test("taint: pods that do not tolerate it are driven off; without the taint they come back", async () => {
  const fault = await inject(bench.cluster, "taint", "agent-1");
  expect(fault.evidence).toContain("tainted firedrill.dev/fault=");
  await until(async () => {
    const left = await podsOn("pinned", "agent-1");
    return left.length === 0 || new Error(`${left.length} left`);
  });
  await fault.putBack();
});

test("cluster-dns-outage: names do not resolve inside a pod", async () => {
  const lookUp = () =>
    bench.inside("statefulset/database", "getent hosts kubernetes.default.svc.cluster.local");
  expect(await lookUp()).toContain("kubernetes");
  const fault = await inject(bench.cluster, "cluster-dns-outage", "main");
  await expect(lookUp()).rejects.toThrow("exit code 2");
  await fault.putBack();
});

test.each(["web", "database"])("image-missing: every pod of %s waits for its image", async (app) => {
  const fault = await inject(bench.cluster, "image-missing", app);
  expect(fault.evidence).toMatch(
    /(\d) of \1 pods wait for 127\.0\.0\.1:1\/missing:[0-9a-f]{8} \(ErrImagePull/,
  );
  await fault.putBack();
});

test("image-missing: an image that an operator has set stays, the strategy comes back", async () => {
  const fault = await inject(bench.cluster, "image-missing", "web");
  const image = (name: string) => bench.cluster.kubectl("set", "image", "-n", "test", "deployment/web", name);
  await image("main=docker.io/library/node:24");
  await until(async () => {
    const { confirmed, evidence } = await fault.prepared.confirm();
    return confirmed ? new Error(evidence) : evidence;
  });
  await fault.putBack();
  const state = await bench.state();
  expect(state).toContain("docker.io/library/node:24");
  expect(state).not.toContain("Recreate");
  await image("main=node:24");
});

test("config-corrupt: pods start with the garbage; the original is nowhere but in the cluster", async () => {
  const fault = await inject(bench.cluster, "config-corrupt", "database");
  expect(fault.evidence).toContain("password of secret/password holds garbage; 0 pods are left from before");
  const told = JSON.stringify([fault.prepared.undo, fault.evidence, bench.cluster.events]);
  expect(told).not.toContain(SECRET_VALUE);
  expect(told).not.toContain(Buffer.from(SECRET_VALUE).toString("base64"));
  await fault.putBack();
});

test("config-corrupt: what an operator has repaired stays, and so do the pods", async () => {
  const fault = await inject(bench.cluster, "config-corrupt", "web", {
    params: { object: "configmap/settings" },
  });
  const mode = (value: string) =>
    bench.cluster.kubectl(
      "patch",
      "-n",
      "test",
      "configmap/settings",
      "-p",
      JSON.stringify({ data: { mode: value } }),
    );
  await mode("better");
  const staying = async () =>
    (await bench.pods("web")).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const uids = async () => (await staying()).map(({ metadata }) => metadata.uid).toSorted();
  const pods = await uids();
  await fault.putBack();
  expect(await uids()).toEqual(pods);
  expect(await bench.state()).toContain('{"mode":"better"}');
  await mode("good");
  await bench.cluster.kubectl("delete", "pod", "-n", "test", "-l", "app=web", "--grace-period=1");
});

test("gpu-loss: none are offered, also after the kubelet has restarted, until they are put back", async () => {
  const fault = await inject(bench.cluster, "gpu-loss", "agent-0");
  expect(fault.evidence).toBe("agent-0: nvidia.com/gpu: capacity 0, allocatable 0 of 1");
  await restartKubelet("agent-0");
  expect(await fault.prepared.confirm()).toMatchObject({ confirmed: true });
  await fault.putBack();
});

test("gpus: offered again after the kubelet has restarted", async () => {
  await restartKubelet("agent-0");
  await until(async () => {
    const { capacity, allocatable } = (await bench.node("agent-0")).status;
    const both = `${capacity?.["nvidia.com/gpu"]} ${allocatable?.["nvidia.com/gpu"]}`;
    return both === "1 1" || new Error(both);
  });
});

test("gpu-loss: a node without GPUs is refused", async () => {
  await expect(inject(bench.cluster, "gpu-loss", "agent-1")).rejects.toThrow(
    "finds no nvidia.com/gpu to lose",
  );
});

test.each([
  ["node-memory-pressure", "MemoryPressure"],
  ["node-disk-pressure", "DiskPressure"],
] as const)("%s: the kubelet reports %s and evicts; the node does not die", async (kind, condition) => {
  const { StartedAt } = (await bench.cluster.docker.getContainer(bench.nodeName("agent-1")).inspect()).State;
  const fault = await inject(bench.cluster, kind, "agent-1");
  expect(fault.evidence).toContain(`${condition} is True`);
  const evicted = await until(async () => {
    const pod = (await bench.pods("pinned")).find(({ status }) => status.reason === "Evicted");
    return pod ?? new Error("nothing evicted");
  });
  expect((await fault.prepared.confirm()).evidence).toContain(`evicted: ${evicted.metadata.name}`);
  await fault.putBack();
  const { State } = await bench.cluster.docker.getContainer(bench.nodeName("agent-1")).inspect();
  expect(State.StartedAt).toBe(StartedAt);
  await bench.cluster.kubectl("delete", "pods", "-n", "test", "--field-selector=status.phase=Failed");
});

test.each(["node-memory-pressure", "node-disk-pressure"] as const)(
  "%s: a server is refused",
  async (kind) => {
    await expect(inject(bench.cluster, kind, "server-0")).rejects.toThrow("hits agents only");
  },
);

/** Our node image starts a kubelet that died again; it has then forgotten every extended resource. */
async function restartKubelet(place: string): Promise<void> {
  const { docker } = bench.cluster;
  const script =
    'old=$(pgrep -x kubelet); kill -9 $old; while new=$(pgrep -x kubelet); [ -z "$new" ] || [ "$new" = "$old" ]; do sleep 0.1; done';
  const { exitCode } = await execInNode(docker, bench.nodeName(place), ["sh", "-c", script]);
  expect(exitCode).toBe(0);
  const restarted = new Date().toISOString();
  await until(async () => {
    const ready = (await bench.node(place)).status.conditions?.find(({ type }) => type === "Ready");
    return (ready?.lastHeartbeatTime ?? "") > restarted || new Error("no report since the restart");
  });
}
