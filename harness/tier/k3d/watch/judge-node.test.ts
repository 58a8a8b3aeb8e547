import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeNode } from "./judge-node.ts";
import type { ContainerFact, NodeFacts } from "./node-facts.ts";
import { kubeNode, lease, T0 } from "./watch.testkit.ts";

const RUNNING: ContainerFact = { state: "running", startedMs: T0, awakeMs: T0, exitCode: null };

/** A healthy node, 60 s after its start, whose last heartbeat is 3 s old. */
const facts = (change: Partial<NodeFacts> = {}): NodeFacts => ({
  container: RUNNING,
  node: kubeNode("n"),
  joined: true,
  lease: lease("n", T0 + 57_000),
  api: { silent: false, trustFromMs: 0 },
  nowMs: T0 + 60_000,
  ...change,
});
const stateOf = (change: Partial<NodeFacts>) => judgeNode(facts(change)).state;

describe("a node", () => {
  test("is ready with a young heartbeat, and what Kubernetes says otherwise", () => {
    expect(stateOf({})).toBe("ready");
    expect(judgeNode(facts({ node: kubeNode("n", "False") }))).toEqual({
      state: "not-ready",
      detail: "said False",
    });
    expect(stateOf({ node: kubeNode("n", "Unknown") })).toBe("unknown");
  });

  test("is what the engine says at once, whatever Kubernetes still believes", () => {
    expect(stateOf({ container: { ...RUNNING, state: "paused" } })).toBe("paused");
    expect(stateOf({ container: { ...RUNNING, state: "missing" } })).toBe("gone");
    expect(judgeNode(facts({ container: { ...RUNNING, state: "exited", exitCode: 137 } }))).toEqual({
      state: "down",
      detail: "its container has ended (exit status 137)",
    });
  });

  test("is gone when its object was deleted, and unknown before it has joined", () => {
    expect(stateOf({ node: null })).toBe("gone");
    expect(stateOf({ node: null, joined: false })).toBe("unknown");
  });

  test("is unknown once its heartbeat is older than 1.5 leases, and not before", () => {
    expect(stateOf({ nowMs: T0 + 57_000 + 18_000 })).toBe("ready");
    expect(judgeNode(facts({ nowMs: T0 + 57_000 + 18_001 }))).toEqual({
      state: "unknown",
      detail: "its last heartbeat is 18 s old",
    });
    expect(stateOf({ lease: null })).toBe("unknown");
  });

  test("needs a heartbeat from after its start and its thaw", () => {
    expect(stateOf({ container: { ...RUNNING, startedMs: T0 + 58_000, awakeMs: T0 + 58_000 } })).toBe(
      "unknown",
    );
    expect(stateOf({ container: { ...RUNNING, awakeMs: T0 + 57_000 } })).toBe("unknown");
    expect(stateOf({ container: { ...RUNNING, awakeMs: T0 + 56_999 } })).toBe("ready");
  });

  test("is not believed from an API server that is away, or has been away since the heartbeat", () => {
    expect(stateOf({ api: { silent: true, trustFromMs: 0 } })).toBe("unknown");
    expect(judgeNode(facts({ api: { silent: false, trustFromMs: T0 + 58_000 } }))).toEqual({
      state: "unknown",
      detail: "no heartbeat since the API server answers again",
    });
  });
});

const instant = fc.integer({ min: T0, max: T0 + 120_000 });
const anyFacts: fc.Arbitrary<NodeFacts> = fc.record({
  container: fc.record({
    state: fc.constantFrom("running", "running", "running", "paused", "exited", "missing"),
    startedMs: instant,
    awakeMs: instant,
    exitCode: fc.constant(null),
  }),
  node: fc.constantFrom(null, kubeNode("n"), kubeNode("n"), kubeNode("n", "False"), kubeNode("n", "Unknown")),
  joined: fc.boolean(),
  lease: fc.oneof(
    fc.constant(null),
    instant.map((at) => lease("n", at)),
  ),
  api: fc.record({ silent: fc.boolean(), trustFromMs: instant }),
  nowMs: instant,
});

describe("always", () => {
  test("ready means: it runs, it says so, and its heartbeat is young and newer than every doubt", () => {
    fc.assert(
      fc.property(anyFacts, (any) => {
        const beat = Date.parse(any.lease?.spec.renewTime ?? "");
        const believed =
          any.container.state === "running" &&
          any.node?.status.conditions?.[0]?.status === "True" &&
          !any.api.silent &&
          beat > any.container.awakeMs &&
          beat > any.api.trustFromMs &&
          any.nowMs - beat <= 18_000;
        expect(judgeNode(any).state === "ready").toBe(believed);
      }),
    );
  });

  test("time alone and older evidence never make a node ready", () => {
    fc.assert(
      fc.property(anyFacts, fc.nat(60_000), fc.nat(60_000), (any, laterMs, doubtMs) => {
        fc.pre(judgeNode(any).state !== "ready");
        // A heartbeat from the future is no history.
        fc.pre(Date.parse(any.lease?.spec.renewTime ?? "") <= any.nowMs || any.lease === null);
        const api = { ...any.api, trustFromMs: any.api.trustFromMs + doubtMs };
        expect(judgeNode({ ...any, nowMs: any.nowMs + laterMs, api }).state).not.toBe("ready");
      }),
    );
  });
});
