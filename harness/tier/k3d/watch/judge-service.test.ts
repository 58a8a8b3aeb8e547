import { describe, expect, test } from "vitest";
import { endingsOf, serviceStateOf } from "./judge-service.ts";
import { kubePod } from "./watch.testkit.ts";
import type { PodView } from "./views.ts";

const pod = (state: PodView["state"], nodeState: PodView["nodeState"] = "ready") => ({
  state,
  nodeState,
  detail: "",
});

describe("a service", () => {
  test.each([
    ["running", [pod("ready"), pod("crashing")]],
    ["missing", []],
    ["exited", [pod("evicted"), pod("terminating")]],
    ["paused", [pod("not-ready", "paused"), pod("ended")]],
    ["exited", [pod("not-ready", "down"), pod("not-ready", "gone")]],
    ["restarting", [pod("not-ready", "down"), pod("pending")]],
    ["restarting", [pod("crashing")]],
  ] as const)("is %s with its pods so", (state, pods) => {
    expect(serviceStateOf(pods)?.state).toBe(state);
  });

  test("changes nothing while nothing is known", () => {
    expect(serviceStateOf([pod("unknown"), pod("unknown")])).toBeNull();
  });

  test("remembers how its containers ended: the one before and the one that has not been replaced", () => {
    const before = { exitCode: 1, finishedAt: "2026-01-01T00:00:05Z" };
    const now = { exitCode: 137, reason: "OOMKilled", finishedAt: "2026-01-01T00:00:09Z" };
    const container = { state: { terminated: now }, lastState: { terminated: before } };
    const endings = endingsOf(kubePod("web-1", { container }));
    expect(endings).toMatchObject([
      { exitCode: 1, oomKilled: false, detail: "web-1: main ended with 1" },
      { exitCode: 137, oomKilled: true, detail: "web-1: main died for want of memory" },
    ]);
    expect(new Set(endings.map(({ key }) => key)).size).toBe(2);
  });
});
