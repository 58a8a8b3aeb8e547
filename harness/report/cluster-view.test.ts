import { expect, test } from "vitest";
import { sealed } from "../events/events.testkit.ts";
import { nodeViews, podViews, wavered } from "./cluster-view.ts";
import { lostAgent } from "./drill.testkit.ts";

const { events } = lostAgent();
const states = (stretches: readonly { state: string; fromMs: number; toMs: number }[]) =>
  stretches.map(({ state, fromMs, toMs }) => `${state} ${fromMs}-${toMs}`);

test("a node's states follow one another until the end of the drawing", () => {
  const nodes = nodeViews(events, 60_000);
  expect(nodes.map(({ id }) => id)).toEqual(["server-0", "agent-0", "agent-1"]);
  expect(states(nodes[2]!.stretches)).toEqual([
    "ready 4000-9520",
    "down 9520-24000",
    "unknown 24000-28000",
    "ready 28000-60000",
  ]);
  expect(nodes.map((node) => wavered(node, 4_200))).toEqual([false, false, true]);
});

test("a pod is drawn while it exists, knows its last node, and its eviction is an instant", () => {
  const [lost, crowded, heir] = podViews(events, 60_000);
  expect(states(lost!.stretches)).toEqual([
    "ready 4000-9520",
    "not-ready 9520-17000",
    "terminating 17000-28500",
  ]);
  expect(states(crowded!.stretches)).toEqual(["ready 4000-14000", "evicted 14000-14000"]);
  expect(heir!.node).toBe("agent-0");
  expect(states(heir!.stretches).at(-1)).toBe("ready 26000-60000");
});

test("two states at one instant are the later one", () => {
  const pod = (state: "pending" | "ready") =>
    ({ kind: "pod.state", pod: "p", service: "s", node: null, state, detail: "", trial: 1, t: 7 }) as const;
  const [view] = podViews(sealed([pod("pending"), pod("ready")]), 10);
  expect(states(view!.stretches)).toEqual(["ready 7-10"]);
});
