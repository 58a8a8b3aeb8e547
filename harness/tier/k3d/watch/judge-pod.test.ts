import { describe, expect, test } from "vitest";
import { judgePod, type NodeOfPod } from "./judge-pod.ts";
import { kubePod, type StagedPod, T0 } from "./watch.testkit.ts";

const NODE: NodeOfPod = { place: "agent-0", state: "ready", startedMs: T0 - 60_000 };
const judged = (staged: StagedPod, node: NodeOfPod | null = NODE) => judgePod(kubePod("web-1", staged), node);

const OOM = { exitCode: 137, reason: "OOMKilled" };

describe("a pod", () => {
  test("is ready when it says so from a node that is", () => {
    expect(judged({})).toEqual({ state: "ready", detail: "" });
  });

  test.each([
    ["unknown", "unknown"],
    ["down", "not-ready"],
    ["paused", "not-ready"],
    ["not-ready", "not-ready"],
    ["gone", "not-ready"],
  ] as const)("on a node that is %s is %s, whatever it said last", (nodeState, state) => {
    expect(judged({}, { ...NODE, state: nodeState })).toEqual({
      state,
      detail: `its node agent-0 is ${nodeState}`,
    });
  });

  test("on a node that has been started since then is unknown: what it said is from a life before", () => {
    expect(judged({}, { ...NODE, startedMs: T0 + 1_000 }).state).toBe("unknown");
    expect(judged({ startedMs: T0 + 2_000 }, { ...NODE, startedMs: T0 + 1_000 }).state).toBe("ready");
    // Kubernetes cuts seconds off: a container that says 2 s may have started at 2.9 s.
    expect(judged({ startedMs: T0 + 2_000 }, { ...NODE, startedMs: T0 + 2_900 }).state).toBe("ready");
  });

  test("on a node nobody knows is unknown", () => {
    expect(judged({}, null).state).toBe("unknown");
  });

  test("is pending without a node, terminating once deleted, evicted or ended by its phase", () => {
    expect(judged({ node: null, phase: "Pending" }, null).state).toBe("pending");
    expect(judged({ deleted: true }).state).toBe("terminating");
    expect(judged({ phase: "Failed", reason: "Evicted" })).toEqual({ state: "evicted", detail: "Evicted" });
    expect(judged({ phase: "Succeeded" }).state).toBe("ended");
  });

  test.each(["CrashLoopBackOff", "ImagePullBackOff"])("that waits in %s is crashing", (reason) => {
    const container = { state: { waiting: { reason } }, lastState: { terminated: OOM } };
    expect(judged({ ready: false, container })).toEqual({
      state: "crashing",
      detail: `${reason}: OOMKilled (exit status 137)`,
    });
  });

  test("whose container has just died is crashing too", () => {
    expect(judged({ container: { state: { terminated: OOM } } })).toEqual({
      state: "crashing",
      detail: "OOMKilled (exit status 137)",
    });
  });

  test("is starting until it has been ready, and not ready when it no longer is", () => {
    expect(
      judged({ ready: false, container: { state: { waiting: { reason: "ContainerCreating" } } } }),
    ).toEqual({
      state: "starting",
      detail: "ContainerCreating",
    });
    expect(judged({ ready: false, turnedMs: T0 - 1_000 }).state).toBe("starting");
    expect(judged({ ready: false, turnedMs: T0 + 30_000 }).state).toBe("not-ready");
  });
});
