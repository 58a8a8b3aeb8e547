import { describe, expect, it } from "vitest";
import { judgeDetection } from "./detection.ts";
import { evidenceOf, type TrialSketch } from "./evidence.testkit.ts";

const judge = (answers: string, sketch: Partial<TrialSketch> = {}, withinMs = 4_000) =>
  judgeDetection(
    { id: "noticed", kind: "detection", probe: "api", withinMs, fault: null },
    evidenceOf({
      untilMs: 1_000 * answers.length + 500,
      faults: { kill: 3_000 },
      probes: { api: answers },
      ...sketch,
    }),
  );

describe("judgeDetection", () => {
  it("passes when the probe turns bad in time, the limit included", () => {
    expect(judge("++++++--++")).toMatchObject({ verdict: "pass", measuredMs: 4_000 });
    expect(judge("++++++--++", {}, 3_999)).toMatchObject({
      verdict: "fail",
      claim: expect.stringContaining("undetected in time: api turned bad only 4 s after the fault"),
    });
  });

  it("fails when the probe stays good", () => {
    expect(judge("++++++++++")).toMatchObject({
      verdict: "fail",
      claim: expect.stringContaining("undetected"),
    });
  });

  it("fails an alarm that came before the fault", () => {
    expect(judge("+-+---++++")).toMatchObject({
      verdict: "fail",
      claim: expect.stringContaining("fired before the fault"),
    });
  });

  it("counts an effect that is felt before the injector has confirmed it as noticed at once", () => {
    const felt = { events: [[2_950, bad("api")]] } as const;
    expect(judge("++++++++++", felt)).toMatchObject({ verdict: "pass", measuredMs: 0 });
  });

  it("decides nothing when nobody watched until the limit", () => {
    expect(judge("+++++")).toMatchObject({ verdict: "inconclusive", reason: "no-data" });
    expect(judge("++++          --", {}, 8_000)).toMatchObject({
      verdict: "inconclusive",
      reason: "no-data",
    });
  });

  it("in a placebo run must stay silent, over ten answers at least", () => {
    const placebo = { control: "placebo", faults: {} } as const;
    expect(judge("++++++++++", placebo)).toMatchObject({ verdict: "pass", samples: 10 });
    expect(judge("+++++++++", placebo)).toMatchObject({ verdict: "inconclusive", reason: "no-data" });
    expect(judge("+++++++++-", placebo)).toMatchObject({ verdict: "fail" });
  });
});

function bad(probe: string) {
  return {
    kind: "probe.sample",
    probe,
    ok: false,
    startedMs: 2_940,
    latencyMs: 10,
    detail: "",
    value: null,
  } as const;
}
