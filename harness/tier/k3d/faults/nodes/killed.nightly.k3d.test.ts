import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FaultKind } from "../../../../fault/kinds.ts";
import { type TestCluster, testCluster } from "../../test-cluster.testkit.ts";
import { BOUNDARIES, killedAndCleanedUp } from "../killed-run.testkit.ts";
import { watchNodes } from "./watched-nodes.testkit.ts";

let cluster: TestCluster;
let watched: ReturnType<typeof watchNodes>;
beforeAll(async () => {
  cluster = await testCluster("f1");
  watched = watchNodes(cluster);
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const KINDS: readonly (readonly [FaultKind, string])[] = [
  ["kill", "agent-0"],
  ["stop", "agent-0"],
  ["crash", "agent-0"],
  ["pause", "agent-0"],
  ["node-loss", "agent-0"],
  ["cpu-stress", "agent-0"],
  ["partition", "agent-0"],
  ["bandwidth", "agent-0"],
  ["kubelet-stop", "agent-0"],
  ["runtime-stop", "agent-0"],
  ["api-outage", "server-0"],
];

describe("after SIGKILL, the clean-up restores everything from disk alone", () => {
  test.each(KINDS.flatMap(([kind, place]) => BOUNDARIES.map((boundary) => [kind, place, boundary] as const)))(
    "%s on %s, killed right after %s",
    async (kind, place, boundary) => {
      const before = await watched.stateOf(place);
      const result = await killedAndCleanedUp(cluster, kind, place, boundary);
      expect(result).toMatchObject({ undone: 1, failures: [], left: [] });
      expect(result.audits.filter(({ clean }) => !clean)).toEqual([]);
      expect(await watched.stateOf(place)).toBe(before);
      await watched.beatsAgain(place);
    },
  );

  test("node-delete, armed: the node is still there", async () => {
    const result = await killedAndCleanedUp(cluster, "node-delete", "agent-1", "fault.armed");
    expect(result.audits).toEqual([
      { clean: true, detail: `node ${watched.at("agent-1").name} was not deleted` },
    ]);
    await watched.beatsAgain("agent-1");
  });

  test("node-delete, applied: nothing is left of the node", async () => {
    const result = await killedAndCleanedUp(cluster, "node-delete", "agent-1", "fault.applied");
    expect(result.audits).toMatchObject([{ clean: true, detail: expect.stringContaining("gone for good") }]);
    await expect(watched.ready("agent-1")).rejects.toThrow("not found");
  });
});
