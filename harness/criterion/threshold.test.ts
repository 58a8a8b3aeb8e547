import { describe, expect, it } from "vitest";
import { acknowledged, evidenceOf } from "./evidence.testkit.ts";
import { judgeThreshold, type ThresholdSpec } from "./threshold.ts";

const SPEC: ThresholdSpec = {
  id: "latency",
  kind: "threshold",
  of: "tasks",
  metric: "latencyMs",
  quantile: 1,
  limit: 100,
  direction: "at-most",
  sustainedMs: 0,
};

/** One operation each second, with these latencies. */
const judge = (latencies: readonly number[], spec: Partial<ThresholdSpec> = {}) =>
  judgeThreshold(
    { ...SPEC, ...spec },
    evidenceOf({
      untilMs: 100_000,
      events: latencies.map((latencyMs, n) => [(n + 1) * 1_000, acknowledged(`op-${n}`, latencyMs)] as const),
    }),
  );

describe("judgeThreshold", () => {
  it("holds the worst value against the limit, which itself passes", () => {
    expect(judge([10, 100, 20])).toMatchObject({ verdict: "pass", measuredMs: 100 });
    expect(judge([10, 101, 20])).toMatchObject({
      verdict: "fail",
      claim: "the highest of tasks latencyMs was 101 ms (limit at most 100 ms, 3 samples)",
      evidence: [1],
    });
  });

  it("lets a quantile forgive the rest", () => {
    const latencies = [...Array.from({ length: 19 }, () => 10), 5_000];
    expect(judge(latencies, { quantile: 0.95 })).toMatchObject({ verdict: "pass", measuredMs: 10 });
    expect(judge(latencies, { quantile: 0.96 })).toMatchObject({ verdict: "fail", measuredMs: 5_000 });
  });

  it("with at-least counts from the other end, so that 1 is still the worst", () => {
    const spec = { direction: "at-least", limit: 20 } as const;
    expect(judge([30, 20, 50], spec)).toMatchObject({ verdict: "pass", measuredMs: 20 });
    expect(judge([30, 19, 50], spec)).toMatchObject({ verdict: "fail", measuredMs: 19 });
    expect(judge([30, 19, 50], { ...spec, quantile: 0.5 })).toMatchObject({
      verdict: "pass",
      measuredMs: 30,
    });
  });

  it("with a sustained limit fails only an unbroken stretch that lasts so long", () => {
    const spec = { sustainedMs: 3_000 };
    expect(judge([500, 500, 500, 10, 500, 500, 500], spec)).toMatchObject({ verdict: "pass" });
    expect(judge([10, 500, 500, 500, 500, 10], spec)).toMatchObject({ verdict: "fail", evidence: [1, 4] });
  });

  it("reads a number from a probe's answer", () => {
    const evidence = evidenceOf({ untilMs: 5_500, probes: { api: "+++++" } });
    const spec = { ...SPEC, of: "api", metric: "depth", limit: 3 };
    expect(judgeThreshold(spec, evidence)).toMatchObject({ verdict: "fail", measuredMs: null, samples: 5 });
    expect(judgeThreshold({ ...spec, limit: 4 }, evidence)).toMatchObject({ verdict: "pass" });
  });

  it("D15: is inconclusive when the metric matched no sample", () => {
    expect(judge([])).toMatchObject({ verdict: "inconclusive", reason: "no-data", samples: 0 });
    expect(judge([10], { metric: "queueDepth" })).toMatchObject({ reason: "no-data" });
    expect(judge([10], { of: "nobody" })).toMatchObject({ reason: "no-data" });
  });
});
