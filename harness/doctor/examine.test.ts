import { expect, test } from "vitest";
import type { Check, CheckReport, CheckResult } from "./check.ts";
import { examine } from "./examine.ts";

const examination = {
  engine: Promise.resolve({ found: false, strategies: [] } as const),
  runsDir: "nowhere",
};
const check = (id: string, run: () => Promise<CheckResult>): Check => ({
  id,
  title: id,
  neededBy: "nothing",
  run,
});
const ok = check("fine", async () => ({ state: "ok", summary: "fine" }));
const never = check("hangs", () => new Promise(() => {}));

async function states(checks: readonly Check[], progress: (line: string) => void = () => {}) {
  const reported: CheckReport[] = [];
  await examine({
    checks,
    examination,
    progress,
    report: (report) => reported.push(report),
    deadlineMs: 200,
    announceAfterMs: 20,
  });
  return reported.map(({ id, state }) => `${id}: ${state}`);
}

test("a crashing check hides no other, whichever way it crashes", async () => {
  const throws = check("throws", () => {
    throw new Error("at once");
  });
  const rejects = check("rejects", () => Promise.reject(new Error("later")));
  expect(await states([throws, rejects, ok])).toEqual(["throws: crashed", "rejects: crashed", "fine: ok"]);
});

test("a check that hangs is announced, and ends as crashed", async () => {
  const said: string[] = [];
  expect(await states([never, ok], (line) => said.push(line))).toEqual(["hangs: crashed", "fine: ok"]);
  expect(said).toContain("still looking at hangs …");
});
