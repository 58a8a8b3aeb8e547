import { expect, test } from "vitest";
import type { EventBody } from "../../../events/vocabulary.ts";
import type { Ending } from "./judge-service.ts";
import { changeTeller } from "./tell-changes.ts";
import type { NodeView, PodView } from "./views.ts";

const node = (state: NodeView["state"], detail = ""): NodeView => ({
  place: "agent-0",
  cluster: "main",
  name: "k3d-x-agent-0",
  state,
  detail,
  provenAfterInjection: false,
});
const pod = (name: string, state: PodView["state"]): PodView => ({
  name,
  cluster: "main",
  namespace: "shop",
  service: "web",
  node: "agent-0",
  nodeState: "ready",
  state,
  detail: "",
  provenAfterInjection: false,
});

/** Tells each round and returns what was said in it, in short. */
function tellRounds(...rounds: { nodes?: NodeView[]; pods?: PodView[]; endings?: Ending[] }[]): string[][] {
  const events: EventBody[] = [];
  const tell = changeTeller((event) => void events.push(event));
  return rounds.map(({ nodes = [], pods = [], endings = [] }) => {
    events.length = 0;
    tell({ nodes, pods, endings: new Map([["web", endings]]) });
    return events.map((event) => {
      if (event.kind === "node.state") return `${event.node} ${event.state}`;
      if (event.kind === "pod.state") return `${event.pod} ${event.state}`;
      return event.kind === "service.state"
        ? `${event.service} ${event.state} ${event.exitCode}`
        : event.kind;
    });
  });
}

test("a change is told once, and nothing while all stays as it was but for words that count up", () => {
  expect(
    tellRounds(
      { nodes: [node("ready")], pods: [pod("a", "ready")] },
      { nodes: [node("ready")], pods: [pod("a", "ready")] },
      { nodes: [node("unknown", "4 s old")], pods: [pod("a", "unknown")] },
      { nodes: [node("unknown", "5 s old")], pods: [pod("a", "unknown")] },
    ),
  ).toEqual([["agent-0 ready", "a ready", "web running null"], [], ["agent-0 unknown", "a unknown"], []]);
});

test("a pod that is no longer listed is gone, once, and the one in its place is new", () => {
  expect(
    tellRounds(
      { pods: [pod("a", "ready")] },
      { pods: [pod("a", "terminating"), pod("b", "pending")] },
      { pods: [pod("b", "ready")] },
      { pods: [pod("b", "ready")] },
      {},
    ),
  ).toEqual([
    ["a ready", "web running null"],
    ["a terminating", "b pending", "web restarting null"],
    ["a gone", "b ready", "web running null"],
    [],
    ["b gone", "web missing null"],
  ]);
});

test("a container's end is told with its status even if the pod is ready again at once; what ended before is no news", () => {
  const old: Ending = { key: "1", exitCode: 1, oomKilled: false, detail: "" };
  const fresh: Ending = { key: "2", exitCode: 137, oomKilled: true, detail: "" };
  expect(
    tellRounds(
      { pods: [pod("a", "ready")], endings: [old] },
      { pods: [pod("a", "ready")], endings: [old, fresh] },
      { pods: [pod("a", "ready")], endings: [fresh] },
    ),
  ).toEqual([["a ready", "web running null"], ["web exited 137", "web running null"], []]);
});
