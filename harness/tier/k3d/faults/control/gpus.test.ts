import { expect, test } from "vitest";
import { virtualClock } from "../../../../fault/fault.testkit.ts";
import { type KubeApi, KubeSilence } from "../../api/kube-api.ts";
import type { KubeNode } from "../../api/objects.ts";
import { advertiseGpus, lostMark, offered } from "./gpus.ts";

const GPU = "nvidia.com/gpu";

/** One node behind an API that does what the real one does with our patches. */
function oneNode() {
  let version = 1;
  let annotations: Record<string, string> = {};
  let count: string | undefined;
  let silent = false;
  const node = () =>
    ({
      metadata: { name: "n", resourceVersion: String(version), annotations },
      status: count === undefined ? {} : { capacity: { [GPU]: count }, allocatable: { [GPU]: count } },
    }) as unknown as KubeNode;
  const answer = async <T>(value: T): Promise<T> => {
    if (silent) throw new KubeSilence("no answer");
    return value;
  };
  const api = {
    get: () => answer(node()),
    list: () => answer([node(), { ...node(), metadata: { ...node().metadata, name: "other" } }]),
    async patch(path: string, _: string, patch: { op: string; path: string; value: string }[]) {
      expect(path).toBe("/api/v1/nodes/n/status");
      const expected = patch.find(({ op }) => op === "test");
      if (expected?.value !== String(version)) throw new Error("422: the test failed");
      count = patch.find((it) => it.path === "/status/capacity/nvidia.com~1gpu")?.value;
      version++;
    },
  } as unknown as KubeApi;
  return {
    api,
    offers: () => offered(node(), GPU),
    forget: () => void (count = "0"),
    lose: (value: Record<string, string>) => void (annotations = value),
    silence: (on: boolean) => void (silent = on),
  };
}

test("offered at once, and again after the kubelet has forgotten them; a silent API ends nothing", async () => {
  const node = oneNode();
  const clock = virtualClock();
  await using _ = await advertiseGpus({ api: node.api, clock, nodes: [{ name: "n", gpus: 4 }] });
  expect(node.offers()).toBe(4);
  node.forget();
  node.silence(true);
  await clock.runUntil(5_000);
  expect(node.offers()).toBe(0);
  node.silence(false);
  await clock.runUntil(7_000);
  expect(node.offers()).toBe(4);
});

test("none are offered while the node says that they are lost", async () => {
  const node = oneNode();
  const clock = virtualClock();
  await using _ = await advertiseGpus({ api: node.api, clock, nodes: [{ name: "n", gpus: 4 }] });
  node.lose({ [lostMark(GPU)]: "4" });
  await clock.runUntil(2_000);
  expect(node.offers()).toBe(0);
  node.lose({});
  await clock.runUntil(4_000);
  expect(node.offers()).toBe(4);
});
