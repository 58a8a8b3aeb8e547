import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { expect, test } from "vitest";
import { DRILLS } from "./drill.testkit.ts";
import type { ReportInput } from "./input.ts";
import { junitXml } from "./junit.ts";

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  isArray: (name) => name === "testcase",
});

function parsed(input: ReportInput) {
  const xml = junitXml(input);
  expect(XMLValidator.validate(xml)).toBe(true);
  return parser.parse(xml).testsuites.testsuite;
}

test("a GO has a case per criterion and no failure", () => {
  const suite = parsed(DRILLS.go());
  expect(suite).toMatchObject({ name: "failover", tests: "9", failures: "0", errors: "0", skipped: "0" });
  expect(suite.testcase).toHaveLength(9);
  expect(suite.testcase[0]).toMatchObject({ classname: "failover", file: "scenarios/failover.mjs" });
  expect(suite.testcase[0].time).toMatch(/^\d+\.\d{3}$/);
  expect(suite.testcase[0].failure).toBeUndefined();
});

test("a missing verdict is a failure of type inconclusive, never a skip", () => {
  const suite = parsed(DRILLS.hold());
  expect(suite).toMatchObject({ failures: "9", skipped: "0" });
  for (const { failure } of suite.testcase) expect(failure.type).toBe("inconclusive");
});

test("a broken criterion says how in its message and points to the evidence", () => {
  const failed = parsed(DRILLS.noGo()).testcase.filter(
    (it: { failure?: unknown }) => it.failure !== undefined,
  );
  expect(failed.map((it: { failure: { type: string } }) => it.failure.type)).toEqual([
    "fail",
    "fail",
    "fail",
    "fail",
  ]);
  expect(failed[0].failure.message).toContain("27.6 s after the fault");
  expect(failed[0]["system-out"]).toBe("[[ATTACHMENT|events.jsonl]]");
});

test("a crash of the harness and a failed run are errors", () => {
  const { events, judgement, ...rest } = DRILLS.go();
  const crashed = judgement.criteria.map((criterion) => ({
    ...criterion,
    verdict: "inconclusive" as const,
    trials: criterion.trials.map((trial) => ({
      ...trial,
      verdict: "inconclusive" as const,
      reason: "harness-error" as const,
    })),
  }));
  const failed = { kind: "run.failed", code: "ENV_DISK", message: "no space left", hint: null } as const;
  const suite = parsed({
    ...rest,
    events: [...events, { ...failed, seq: events.length, trial: 0, t: 0 }],
    judgement: { ...judgement, decision: "hold", criteria: crashed },
  });
  expect(suite).toMatchObject({ tests: "10", failures: "0", errors: "10" });
});

test("the file is never an empty suite", () => {
  const { judgement, ...rest } = DRILLS.hold();
  const suite = parsed({ ...rest, judgement: { ...judgement, criteria: [] } });
  expect(suite).toMatchObject({ tests: "1", errors: "1" });
});

test("whatever a claim or title holds, the file is well-formed and says it", () => {
  const { judgement, ...rest } = DRILLS.noGo();
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const criteria = judgement.criteria.map((criterion) => ({
        ...criterion,
        title: text,
        claim: `${text}\u001b[31m]]>`,
      }));
      expect(XMLValidator.validate(junitXml({ ...rest, judgement: { ...judgement, criteria } }))).toBe(true);
    }),
  );
});
