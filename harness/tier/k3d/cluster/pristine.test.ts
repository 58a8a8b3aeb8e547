import { expect, test } from "vitest";
import type { KubeNode } from "../api/objects.ts";
import { kubeNode, stackOf, stagedApi } from "../watch/watch.testkit.ts";
import { differences, differencesFrom, type Ground, named, settledMark } from "./pristine.ts";

/** A cluster of one node, whose readiness is asked of `ready` at each look, and no time that passes by itself. */
function groundOf(ready: () => "True" | "False"): Ground & { readonly looks: () => number } {
  let looks = 0;
  let nowMs = 0;
  let node: KubeNode | null = null;
  const api = {
    ...stagedApi({
      get: <T>(path: string) => Promise.resolve((path === "/apis" ? { groups: [] } : { resources: [] }) as T),
    }),
    list: async <T>(path: string) => {
      if (path !== "/api/v1/nodes") return [];
      // The fingerprint and the conditions are read in one look.
      const first = node === null;
      node ??= kubeNode("k3d-x-agent-0", ready());
      const answer = [node] as T[];
      if (!first) [node, looks] = [null, looks + 1];
      return answer;
    },
  };
  const [spec] = stackOf("main").kubernetes!.clusters;
  const engine = {
    listContainers: async () => [],
    listNetworks: async () => [],
    listVolumes: async () => ({ Volumes: [] }),
  };
  return {
    docker: engine as unknown as Ground["docker"],
    clusters: [{ spec: spec!, id: "x", kubeconfig: "", api }],
    labels: {},
    clock: { nowMs: () => nowMs, sleep: async (ms) => void (nowMs += ms) },
    signal: new AbortController().signal,
    looks: () => looks,
  };
}

test("a mark is taken when two looks in a row have seen the same", async () => {
  const states = ["False", "True", "True"] as const;
  let look = 0;
  const ground = groundOf(() => states[look++] ?? "True");
  const mark = await settledMark(ground);
  expect(mark["main: conditions of k3d-x-agent-0"]).toBe("Ready=True");
  expect(ground.looks()).toBe(3);
});

test("a cluster that soon becomes what it was is pristine; one that does not is told with what differs", async () => {
  const mark = await settledMark(groundOf(() => "True"));
  let look = 0;
  expect(
    await differencesFrom(
      mark,
      groundOf(() => (look++ < 5 ? "False" : "True")),
    ),
  ).toEqual([]);
  const never = groundOf(() => "False");
  expect(await differencesFrom(mark, never)).toEqual([
    "main: conditions of k3d-x-agent-0: Ready=True → Ready=False",
  ]);
  expect(never.clock.nowMs()).toBe(30_000);
});

test("differences name what came, went and changed, and a line the first of them", () => {
  const found = differences(
    { same: "1", gone: "1", other: "1" },
    { same: "1", other: "2", new: "1", more: "1" },
  );
  expect(found).toEqual(["gone: 1 → nothing", "other: 1 → 2", "new: nothing → 1", "more: nothing → 1"]);
  expect(named(found)).toBe("gone: 1 → nothing; other: 1 → 2; new: nothing → 1 and 1 more");
});
