import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import type { KubeApi } from "../../../harness/tier/k3d/api/kube-api.ts";
import { lostMark } from "../../../harness/tier/k3d/faults/control/gpus.ts";
import { bench } from "../gpu.testkit.ts";
import { miniApiServer } from "./api-server.testkit.ts";
import type { MiniApiServer } from "./api-server.testkit.ts";
import { keepNode } from "./keep.ts";

const NAME = "gpu-0";
const KINDS = {
  json: PatchStrategy.JsonPatch,
  merge: PatchStrategy.MergePatch,
  "strategic-merge": PatchStrategy.StrategicMergePatch,
} as const;

function clientOf({ url }: MiniApiServer): CoreV1Api {
  const config = new KubeConfig();
  // The client takes plain http from a cluster only if told that nothing is to be verified.
  config.loadFromClusterAndUser({ name: "mini", server: url, skipTLSVerify: true }, { name: "nobody" });
  return config.makeApiClient(CoreV1Api);
}

/** The keeper's way to the API through the official client. */
function throughClient(core: CoreV1Api): Pick<KubeApi, "get" | "patch"> {
  return {
    get: async <T>() => (await core.readNode({ name: NAME })) as T,
    patch: async <T>(path: string, kind: keyof typeof KINDS, body: unknown) => {
      const options = setHeaderOptions("Content-Type", KINDS[kind]);
      const what = { name: NAME, body: body as object };
      return (await (path.endsWith("/status")
        ? core.patchNodeStatus(what, options)
        : core.patchNode(what, options))) as T;
    },
  };
}

/** A mock, a cluster of one node, and the keeper between them, one look at a time. */
async function kept(settings: Record<string, string> = {}) {
  const on = await bench({ count: "4", card: "a100", ...settings });
  const server = await miniApiServer(NAME);
  const core = clientOf(server);
  const troubles: string[] = [];
  return {
    on,
    server,
    troubles,
    /** The node as the official client sees it after one look of the keeper. */
    async look() {
      const stop = new AbortController();
      await keepNode({
        api: throughClient(core),
        node: NAME,
        view: () => on.ask("/node"),
        clock: { nowMs: () => 0, sleep: async () => stop.abort() },
        signal: stop.signal,
        onTrouble: (error) => void troubles.push(String(error)),
      });
      return core.readNode({ name: NAME });
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await on[Symbol.asyncDispose]();
    },
  };
}

test("a node gets its GPUs and labels once, and again when a kubelet has forgotten them", async () => {
  await using it = await kept({ chutes: "on" });
  const node = await it.look();
  expect(node.status?.capacity).toEqual({ cpu: "8", "nvidia.com/gpu": "4" });
  expect(node.status?.allocatable).toEqual({ cpu: "8", "nvidia.com/gpu": "4" });
  expect(node.metadata?.labels).toMatchObject({
    "kubernetes.io/hostname": NAME,
    "nvidia.com/gpu.present": "true",
    "nvidia.com/gpu.count": "4",
    "nvidia.com/gpu.memory": "81920",
    "nvidia.com/gpu.product": "NVIDIA-A100-80GB-PCIe",
    "gpu-short-ref": "a100",
    "chutes/tee": "true",
  });
  const patches = it.server.patches();
  await it.look();
  expect(it.server.patches()).toBe(patches);
  it.server.change((tree) => {
    (tree["status"] as { capacity: Record<string, string> }).capacity["nvidia.com/gpu"] = "0";
  });
  expect((await it.look()).status?.capacity).toMatchObject({ "nvidia.com/gpu": "4" });
  expect(it.troubles).toEqual([]);
});

test("a lost GPU, a lower, flapping or withdrawn capacity", async () => {
  await using it = await kept();
  const capacity = async () => (await it.look()).status?.capacity?.["nvidia.com/gpu"];
  expect(await capacity()).toBe("4");
  it.on.put("busDrop", { gpu: 2, heal: true });
  expect(await capacity()).toBe("3");
  it.on.put("capacity", { n: 2 });
  expect(await capacity()).toBe("2");
  it.on.put("capacityFlap", { n: 4, periodSec: 10 });
  expect(await capacity()).toBe("4");
  await it.on.advance(5);
  expect(await capacity()).toBe("0");
  it.on.put("capacityGone");
  expect(await capacity()).toBeUndefined();
  it.on.mock.faults.delete("fault");
  expect(await capacity()).toBe("4");
});

test("labels, taints and readiness: only what is the mock's comes and goes", async () => {
  await using it = await kept();
  const bare = await it.look();
  expect(bare.status?.conditions?.[0]?.status).toBe("True");
  it.on.put("labelLoss");
  expect(Object.keys((await it.look()).metadata?.labels ?? {})).toEqual(["kubernetes.io/hostname"]);
  it.on.put("notReady");
  const down = await it.look();
  expect(down.status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("False");
  expect(down.metadata?.labels).toEqual(bare.metadata?.labels);
  it.on.mock.faults.delete("fault");
  const up = await it.look();
  expect(up.status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("True");
});

test("a taint is put and taken off again, another's stays", async () => {
  await using it = await kept();
  const { on, server } = it;
  const core = clientOf(server);
  const stop = new AbortController();
  const seen: string[][] = [];
  let looks = 0;
  // One keeper over three looks: what it has put is what it may take off.
  await keepNode({
    api: throughClient(core),
    node: NAME,
    view: () => on.ask("/node"),
    clock: {
      nowMs: () => 0,
      async sleep() {
        const { spec } = await core.readNode({ name: NAME });
        seen.push((spec?.taints ?? []).map(({ key }) => key));
        looks += 1;
        if (looks === 1) on.put("taint");
        if (looks === 2) on.mock.faults.delete("fault");
        if (looks === 3) stop.abort();
      },
    },
    signal: stop.signal,
    onTrouble: (error) => {
      throw error;
    },
  });
  expect(seen).toEqual([["dedicated"], ["dedicated", "nvidia.com/gpu"], ["dedicated"]]);
});

test("a node that no kubelet has reported on yet", async () => {
  await using it = await kept();
  it.server.change((tree) => void (tree["status"] = {}));
  expect((await it.look()).status).toEqual({
    capacity: { "nvidia.com/gpu": "4" },
    allocatable: { "nvidia.com/gpu": "4" },
  });
});

test("MIG slices come and go; GPUs that the k3d tier's fault has taken stay taken", async () => {
  await using it = await kept({ count: "2" });
  it.on.put("migToggle", { gpu: 0 });
  expect((await it.look()).status?.capacity).toMatchObject({
    "nvidia.com/gpu": "1",
    "nvidia.com/mig-1g.10gb": "7",
  });
  it.on.put("migToggle", { gpu: 0 });
  expect((await it.look()).status?.capacity).toEqual({ cpu: "8", "nvidia.com/gpu": "2" });
  it.server.change((tree) => {
    (tree["metadata"] as Record<string, unknown>)["annotations"] = { [lostMark("nvidia.com/gpu")]: "2" };
  });
  expect((await it.look()).status?.capacity).toMatchObject({ "nvidia.com/gpu": "0" });
});

test("a change that somebody makes meanwhile is not overwritten; a mock that is away is only told", async () => {
  await using it = await kept();
  const view = () => it.on.ask<never>("/node");
  const troubles: string[] = [];
  const stop = new AbortController();
  const through = throughClient(clientOf(it.server));
  let looks = 0;
  await keepNode({
    api: {
      ...through,
      async get<T>(path: string) {
        const node = await through.get<T>(path);
        if (looks === 0) it.server.change(() => {});
        return node;
      },
    },
    node: NAME,
    view: () => (looks === 1 ? Promise.reject(new Error("the mock is away")) : view()),
    clock: { nowMs: () => 0, sleep: async () => void (++looks === 3 && stop.abort()) },
    signal: stop.signal,
    onTrouble: (error) => void troubles.push(String(error)),
  });
  expect(troubles).toEqual([
    expect.stringContaining("test of /metadata/resourceVersion failed"),
    "Error: the mock is away",
  ]);
  expect(it.server.node().status.capacity).toMatchObject({ "nvidia.com/gpu": "4" });
});
