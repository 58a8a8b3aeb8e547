import { describe, expect, it } from "vitest";
import { judgeContinuity } from "./continuity.ts";
import { acknowledged, evidenceOf, type TrialSketch } from "./evidence.testkit.ts";

const judge = (of: string, sketch: TrialSketch, maxGapMs = 4_000) =>
  judgeContinuity({ id: "gap", kind: "continuity", of, maxGapMs }, evidenceOf(sketch));

describe("judgeContinuity", () => {
  it("measures between successes of a probe; the limit itself passes", () => {
    const sketch = { untilMs: 9_000, probes: { api: "++---+++" } };
    expect(judge("api", sketch)).toMatchObject({ verdict: "pass", measuredMs: 4_000, evidence: [1, 5] });
    expect(judge("api", sketch, 3_999)).toMatchObject({ verdict: "fail" });
  });

  it("measures between successes of a workload", () => {
    const sketch = {
      untilMs: 6_000,
      events: [
        [1_000, acknowledged("a")],
        [5_500, acknowledged("b")],
      ],
    } as const;
    expect(judge("tasks", sketch)).toMatchObject({ verdict: "fail", measuredMs: 4_500, samples: 2 });
  });

  it("counts the time before the first success and after the last", () => {
    expect(judge("api", { untilMs: 7_000, probes: { api: "-----++" } })).toMatchObject({ measuredMs: 6_000 });
    expect(judge("api", { untilMs: 9_000, probes: { api: "++------" } })).toMatchObject({
      measuredMs: 7_000,
    });
  });

  it("never passes without a success", () => {
    expect(judge("api", { untilMs: 3_000, probes: { api: "--" } })).toMatchObject({ reason: "no-data" });
    expect(judge("api", { untilMs: 9_000, probes: { api: "--" } })).toMatchObject({ verdict: "fail" });
    expect(judge("api", { untilMs: 9_000, probes: { api: "" } })).toMatchObject({ reason: "no-data" });
    expect(judge("nobody", { untilMs: 9_000 })).toMatchObject({ reason: "no-data" });
  });

  it("in a placebo run demands an uninterrupted probe", () => {
    const placebo = { control: "placebo", untilMs: 5_500 } as const;
    expect(judge("api", { ...placebo, probes: { api: "++-++" } })).toMatchObject({ verdict: "fail" });
    expect(judge("api", { ...placebo, probes: { api: "+++++" } })).toMatchObject({ verdict: "pass" });
  });
});
