import { expect, test } from "vitest";
import { tally } from "./vitest-project.ts";

const report = (passed: number, failed: number, success = failed === 0, skipped = 0) =>
  JSON.stringify({
    success,
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    more: "ignored",
  });

test.each([
  ["all is well", report(5, 0), 0, { passed: 5, failed: 0 }],
  ["skips are counted", report(5, 0, true, 2), 0, { passed: 5, failed: 0, skipped: 2 }],
  ["failures are counted", report(5, 2), 1, { passed: 5, failed: 2 }],
  ["a file that can't be loaded is a failure", report(5, 0, false), 1, { passed: 5, failed: 1 }],
  ["an unhandled error is a failure", report(5, 0), 1, { passed: 5, failed: 1 }],
  ["a crash before the report is a failure", "", 134, { passed: 0, failed: 1 }],
  ["half a report is a failure", report(5, 0).slice(0, 20), 0, { passed: 0, failed: 1 }],
])("%s", (_, text, exitCode, expected) => {
  expect(tally(text, exitCode)).toEqual({ skipped: 0, ...expected });
});
