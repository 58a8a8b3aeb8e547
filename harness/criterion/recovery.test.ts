import { describe, expect, it } from "vitest";
import { evidenceOf, type TrialSketch } from "./evidence.testkit.ts";
import { judgeRecovery } from "./recovery.ts";
import type { CriterionSpec } from "./spec.ts";

type Spec = Extract<CriterionSpec, { kind: "recovery" }>;
const SPEC: Spec = {
  id: "back",
  kind: "recovery",
  probe: "api",
  withinMs: 5_000,
  holdMs: 3_000,
  fault: null,
};

const judge = (answers: string, sketch: Partial<TrialSketch> = {}, spec: Partial<Spec> = {}) =>
  judgeRecovery(
    { ...SPEC, ...spec },
    evidenceOf({
      untilMs: 1_000 * answers.length + 500,
      faults: { kill: 3_000 },
      probes: { api: answers },
      ...sketch,
    }),
  );

const lapsed = (reapplied: boolean) =>
  judge("++----++++++", {
    events: [
      [4_000, { kind: "fault.lapsed", fault: "kill", reapplied, evidence: "the target was restarted" }],
    ],
  });

describe("judgeRecovery", () => {
  it("takes the upper end of the probe interval as the instant of recovery", () => {
    expect(judge("++----++++++")).toMatchObject({
      verdict: "pass",
      measuredMs: 4_000,
      samples: 10,
      claim: "api was back 4 s after the fault (limit 5 s, probe step 1 s, 10 samples)",
    });
  });

  it("passes at the limit exactly, and fails one millisecond later", () => {
    expect(judge("++----++++++", {}, { withinMs: 4_000 })).toMatchObject({
      verdict: "pass",
      measuredMs: 4_000,
    });
    expect(judge("++----++++++", {}, { withinMs: 3_999 })).toMatchObject({
      verdict: "fail",
      measuredMs: 4_000,
      claim: expect.stringContaining("api was back only 4 s after the fault"),
    });
  });

  it("says of a probe that never turned bad that it was never interrupted", () => {
    expect(judge("++++++++++")).toMatchObject({
      verdict: "pass",
      measuredMs: 0,
      claim: expect.stringContaining("api was never interrupted"),
    });
  });

  it("D1: fails a relapse after the limit, even though the end is healthy", () => {
    expect(judge("++--+++++++-++++++")).toMatchObject({
      verdict: "fail",
      claim: expect.stringContaining("was back 2 s after the fault, but bad again at 9 s"),
    });
  });

  it("D1: a relapse that was seen needs no further proof, though nobody watched what followed", () => {
    expect(judge("++--+++++++-", { untilMs: 30_000 })).toMatchObject({ verdict: "fail" });
  });

  it("leaves out what came after the observation, when things are being undone", () => {
    expect(judge("++----++++++----", { untilMs: 12_500 })).toMatchObject({ verdict: "pass", samples: 10 });
  });

  it("counts relapses inside the limit, and measures the last recovery", () => {
    expect(judge("++-+-+-++++++")).toMatchObject({
      verdict: "pass",
      measuredMs: 5_000,
      claim: expect.stringContaining("2 relapses"),
    });
  });

  it("fails a probe that never comes back", () => {
    expect(judge("++----------")).toMatchObject({ verdict: "fail", measuredMs: null });
  });

  it("decides nothing when the observation ends before the limit", () => {
    expect(judge("++----")).toMatchObject({ verdict: "inconclusive", reason: "no-data" });
  });

  it("needs the whole hold window", () => {
    expect(judge("++--+++")).toMatchObject({ verdict: "inconclusive", reason: "no-data" });
    expect(judge("++--++++")).toMatchObject({ verdict: "pass" });
  });

  it("needs an answer after the fault", () => {
    expect(judge("++", { untilMs: 20_000 })).toMatchObject({ verdict: "inconclusive", reason: "no-data" });
  });

  it("needs the probe to be asked throughout: a silence longer than five steps and its timeout hides too much", () => {
    expect(judge("++--+++++    +++")).toMatchObject({ verdict: "pass" });
    expect(judge("++--+++++     +++")).toMatchObject({
      verdict: "inconclusive",
      reason: "no-data",
      claim: "api was not watched between 9 s and 15 s of the trial",
    });
    expect(judge("++--+++++", { untilMs: 20_000 })).toMatchObject({
      verdict: "inconclusive",
      reason: "no-data",
    });
    expect(judge("++-       ++++++")).toMatchObject({ verdict: "inconclusive", reason: "no-data" });
  });

  it("does not blame the fault for what was bad before it", () => {
    expect(judge("-+--++++++++")).toMatchObject({ verdict: "inconclusive", reason: "not-steady-before" });
  });

  it("counts from its own fault, and allows bad answers from the first fault on", () => {
    const faults = { first: 3_000, second: 8_000 };
    const answers = "++--+++---+++++++";
    expect(judge(answers, { faults })).toMatchObject({
      verdict: "pass",
      measuredMs: 3_000,
      claim: expect.stringContaining("3 s after fault second"),
    });
    expect(judge(answers, { faults }, { fault: "first" })).toMatchObject({ verdict: "fail" });
    expect(judge(answers, { faults }, { fault: "third" })).toMatchObject({ reason: "fault-not-observed" });
  });

  it("is undecided when its fault ended by itself, unless it was applied again", () => {
    expect(lapsed(false)).toMatchObject({ verdict: "inconclusive", reason: "fault-not-observed" });
    expect(lapsed(true)).toMatchObject({
      verdict: "pass",
      claim: expect.stringMatching(/; the fault lapsed and was applied again once$/),
    });
  });

  it("takes a fault that ends once the runbook works on it for repaired, unless it was to last for a time of its own", () => {
    const gone = {
      kind: "fault.lapsed",
      fault: "kill",
      reapplied: false,
      evidence: "the pod is gone",
    } as const;
    const repaired = (durations: Readonly<Record<string, number>>, backMs: number | null = null) =>
      judge("++----++++++", {
        durations,
        events: [
          [3_500, { kind: "runbook.step.started", step: "free", title: "Give it back" }],
          [4_000, gone],
          ...(backMs === null ? [] : [[backMs, { ...gone, reapplied: true }] as const]),
        ],
      });
    expect(repaired({})).toMatchObject({ verdict: "pass", measuredMs: 4_000 });
    expect(repaired({ kill: 60_000 })).toMatchObject({ reason: "fault-not-observed" });
    // The operator took the target away for a while, and it was hit again when it came back.
    expect(repaired({ kill: 60_000 }, 5_000)).toMatchObject({ verdict: "pass", measuredMs: 4_000 });
  });

  it("in a placebo run demands an uninterrupted probe", () => {
    const placebo = { control: "placebo", faults: {} } as const;
    expect(judge("++++++", placebo)).toMatchObject({ verdict: "pass" });
    expect(judge("++-+++", placebo)).toMatchObject({ verdict: "fail", evidence: [2] });
    expect(judge("", { ...placebo, untilMs: 1_000 })).toMatchObject({
      verdict: "inconclusive",
      reason: "no-data",
    });
  });
});
