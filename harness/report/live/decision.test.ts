import { expect, test } from "vitest";
import { DRILLS } from "../drill.testkit.ts";
import { decisionBlock } from "./decision.ts";

const reportPath = "reports/runs/x/report.html";

test("the report's path comes last, the decision and its reason before it, a line per criterion above", () => {
  const { judgement, ...rest } = DRILLS.noGo();
  const lines = decisionBlock({ ...rest, judgement, reportPath })
    .trimEnd()
    .split("\n");
  expect(lines.at(-1)).toBe(`  report    ${reportPath}`);
  const decided = lines.findIndex((line) => line.startsWith("✗ NO-GO  4 of 9 criteria failed."));
  expect(decided).toBeGreaterThan(9);
  for (const { id } of judgement.criteria) {
    expect(lines.filter((line) => new RegExp(String.raw`^ {2}[✓✗?] \w+ +${id} `).test(line))).toHaveLength(1);
  }
  expect(lines.join("\n")).toContain("something was left behind:");
});

test("a HOLD says what is missing", () => {
  expect(decisionBlock({ ...DRILLS.hold(), reportPath })).toContain("  missing   takeover, redundant");
});

test("colour is asked for, and the words are the same without it", () => {
  const plain = decisionBlock({ ...DRILLS.go(), reportPath });
  const coloured = decisionBlock({ ...DRILLS.go(), reportPath, color: true });
  expect(plain).not.toContain("\u001b");
  // oxlint-disable-next-line no-control-regex -- colours are what it takes away
  expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(plain);
  expect(coloured).not.toBe(plain);
});
