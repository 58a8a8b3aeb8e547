import { describe, expect, it } from "vitest";
import { evidenceOf } from "./evidence.testkit.ts";
import { JUDGES, judgeCriterion } from "./judge-criterion.ts";
import type { CriterionSpec } from "./spec.ts";

const SPEC: CriterionSpec = {
  id: "rows",
  kind: "check",
  title: "rows are equal",
  command: "true",
  timeoutMs: 1,
};
const result = (outcome: "pass" | "fail" | "crash") =>
  ({ kind: "check.result", criterion: "rows", outcome, detail: "exit 1" }) as const;

describe("judgeCriterion", () => {
  it("keeps the message of a judge that crashes, and decides nothing", () => {
    const broken = {
      ...JUDGES,
      check: () => {
        throw new Error("index out of range");
      },
    };
    expect(judgeCriterion(SPEC, evidenceOf({ untilMs: 0 }), broken)).toMatchObject({
      verdict: "inconclusive",
      reason: "harness-error",
      claim: expect.stringContaining("index out of range"),
    });
  });

  it.each([
    ["pass", { verdict: "pass" }],
    ["fail", { verdict: "fail", claim: "rows are equal: failed (exit 1)" }],
    ["crash", { verdict: "inconclusive", reason: "harness-error" }],
  ] as const)("judges a check that ended with %s", (outcome, expected) => {
    const evidence = evidenceOf({ untilMs: 2_000, events: [[1_000, result(outcome)]] });
    expect(judgeCriterion(SPEC, evidence)).toMatchObject(expected);
  });

  it("a check that was not run is inconclusive; one failure among several results fails", () => {
    expect(judgeCriterion(SPEC, evidenceOf({ untilMs: 0 }))).toMatchObject({ reason: "not-run" });
    const mixed = evidenceOf({
      untilMs: 2_000,
      events: [
        [1, result("pass")],
        [2, result("crash")],
        [3, result("fail")],
      ],
    });
    expect(judgeCriterion(SPEC, mixed)).toMatchObject({ verdict: "fail" });
  });
});
