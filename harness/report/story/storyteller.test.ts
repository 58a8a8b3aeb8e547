import { expect, test } from "vitest";
import { sealed, syntheticRun } from "../../events/events.testkit.ts";
import { storyteller } from "./storyteller.ts";

const planned = syntheticRun()[0]!;

test("a probe that flaps is told twenty times and then no more", () => {
  const flaps = Array.from({ length: 500 }, (_, n) => ({
    kind: "probe.sample" as const,
    probe: "api",
    ok: n % 2 === 0,
    startedMs: n * 500,
    latencyMs: 1,
    detail: "503",
    value: null,
    trial: 1,
    t: n * 500 + 1,
  }));
  const lines = sealed([planned, ...flaps]).flatMap(eachLine());
  expect(lines).toHaveLength(20);
  expect(lines.at(-1)!.text).toBe("api flaps; its further changes are only recorded");
});

const eachLine = () => {
  const tell = storyteller();
  return (event: Parameters<typeof tell>[0]) => tell(event) ?? [];
};

test("each trial begins a new story", () => {
  const probes = syntheticRun({ trials: [{}, {}] })
    .flatMap(eachLine())
    .filter(({ topic }) => topic === "probe");
  expect(probes.filter(({ trial }) => trial === 1).map(({ text }) => text)).toEqual(
    probes.filter(({ trial }) => trial === 2).map(({ text }) => text),
  );
  expect(probes).toHaveLength(8);
});

test("what goes wrong is told with its reason", () => {
  const at = { trial: 1, t: 5 };
  const lines = sealed([
    { kind: "fault.armed", fault: "f", type: "pause", targets: ["db"], params: {}, ...at },
    { kind: "fault.revert-failed", fault: "f", error: "no such container", ...at },
    {
      kind: "service.state",
      service: "worker",
      state: "exited",
      exitCode: 137,
      oomKilled: true,
      detail: "",
      ...at,
    },
    { kind: "run.failed", code: "ENV_DISK", message: "no space left", hint: "free some", trial: 0, t: 6 },
  ]).flatMap(eachLine());
  expect(lines.map(({ tone, text }) => `${tone}: ${text}`)).toEqual([
    "plain: pause of db: armed, its undo is written down",
    "bad: pause of db: could not be reverted: no such container",
    "plain: worker is exited (out of memory)",
    "bad: no space left [ENV_DISK] · free some",
  ]);
});

test("nodes and pods are told when they turn bad and when they are ready again, and not that they came up", () => {
  const at = { trial: 1, t: 5 };
  const node = (state: "ready" | "down" | "unknown", detail = "") =>
    ({ kind: "node.state", node: "agent-1", state, detail, ...at }) as const;
  const pod = (state: "pending" | "starting" | "ready" | "crashing" | "gone", detail = "") =>
    ({ kind: "pod.state", pod: "web-1", service: "web", node: null, state, detail, ...at }) as const;
  const lines = sealed([
    node("ready"),
    pod("pending"),
    pod("ready"),
    node("down", "its container has ended"),
    pod("crashing", "OOMKilled"),
    pod("starting"),
    node("unknown"),
    node("ready"),
    pod("ready"),
    pod("gone"),
  ]).flatMap(eachLine());
  expect(lines.map(({ tone, text }) => `${tone}: ${text}`)).toEqual([
    "bad: agent-1 is down: its container has ended",
    "bad: web-1 is crashing: OOMKilled",
    "unsure: agent-1 is unknown",
    "good: agent-1 is ready again",
    "good: web-1 is ready again",
  ]);
});
