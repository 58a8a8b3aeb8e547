import { describe, expect, it } from "vitest";
import type { EventBody } from "../events/vocabulary.ts";
import { evidenceOf, type TrialSketch } from "./evidence.testkit.ts";
import { judgeRunbook } from "./runbook.ts";

const started: EventBody = { kind: "runbook.started", runbook: "r", digest: "d", because: "api turned bad" };
const begun = (step: string): EventBody => ({ kind: "runbook.step.started", step, title: step });
const stepEnded = (step: string, outcome: "done" | "failed" | "timeout" | "interrupted"): EventBody => ({
  kind: "runbook.step.ended",
  step,
  outcome,
  exitCode: outcome === "failed" ? 3 : 0,
  durationMs: 1_000,
  output: "",
});
const expected = (met: boolean): EventBody => ({
  kind: "runbook.expected",
  step: "a",
  expectation: "probe api is good",
  met,
  detail: "it was bad",
});
const ended = (outcome: "done" | "failed" | "not-started"): EventBody => ({
  kind: "runbook.ended",
  runbook: "r",
  outcome,
  detail: "why",
});

const judge = (bodies: readonly EventBody[], sketch: Partial<TrialSketch> = {}) =>
  judgeRunbook(
    { id: "runbook", kind: "runbook", runbook: "failover.md" },
    evidenceOf({
      untilMs: 9_000,
      events: bodies.map((body, n) => [1_000 * (n + 1), body] as const),
      ...sketch,
    }),
  );

describe("judgeRunbook", () => {
  it("passes when every step ended well and every expectation was met", () => {
    const bodies = [started, begun("a"), expected(true), stepEnded("a", "done"), ended("done")];
    expect(judge(bodies)).toMatchObject({ verdict: "pass", measuredMs: 4_000, samples: 1 });
  });

  it.each([
    [
      "a failed step",
      [started, begun("a"), stepEnded("a", "failed"), ended("failed")],
      "failed with exit code 3",
    ],
    [
      "a step out of time",
      [started, begun("a"), stepEnded("a", "timeout"), ended("failed")],
      "ran out of time",
    ],
    [
      "an unmet expectation",
      [started, begun("a"), expected(false), stepEnded("a", "done"), ended("done")],
      "it was bad",
    ],
    ["a runbook that failed", [started, begun("a"), stepEnded("a", "done"), ended("failed")], "failed: why"],
  ])("fails %s", (_, bodies, claim) => {
    expect(judge(bodies)).toMatchObject({ verdict: "fail", claim: expect.stringContaining(claim) });
  });

  it("fails when it was never started, and says why", () => {
    const quiet = { probes: { api: "+++" } };
    expect(judge([ended("not-started")], quiet)).toMatchObject({
      verdict: "fail",
      claim: "the runbook was never started: api did not turn bad",
    });
    expect(judge([], { probes: { api: "+-+" } }).claim).toBe(
      "the runbook was never started, although api turned bad",
    );
  });

  it.each([
    ["an interrupted step", [started, begun("a"), stepEnded("a", "interrupted"), ended("done")]],
    ["a step without an end", [started, begun("a"), ended("done")]],
    ["a runbook without an end", [started, begun("a"), stepEnded("a", "done")]],
    ["a runbook without a step", [started, ended("done")]],
  ])("does not decide about %s", (_, bodies) => {
    expect(judge(bodies)).toMatchObject({ verdict: "inconclusive" });
  });

  it("in a placebo run must be left alone", () => {
    expect(judge([], { control: "placebo" })).toMatchObject({ verdict: "pass" });
    expect(judge([started], { control: "placebo" })).toMatchObject({ verdict: "fail" });
  });
});
