import { expect, test } from "vitest";
import { DRILLS, drill } from "./drill.testkit.ts";
import type { ReportInput } from "./input.ts";
import { nextStep, whatIsMissing } from "./next-step.ts";
import { runFacts } from "./run-facts.ts";

const commandAfter = (input: ReportInput): string => nextStep(input.judgement, runFacts(input)).command;

test("after a GO on the model comes the real tier, after a GO on a real tier the control", () => {
  expect(commandAfter(drill({ tier: "sim" }))).toBe("npx zx scenarios/failover.mjs --tier compose --seed 7");
  expect(commandAfter(DRILLS.go())).toMatch(/--control no-runbook$/);
});

test("after anything else comes the same again, and after a control the rehearsal itself", () => {
  expect(commandAfter(DRILLS.noGo())).toBe(
    "npx zx scenarios/failover.mjs --tier compose --seed 7 --trials 2",
  );
  expect(commandAfter(DRILLS.hold())).toBe("npx zx scenarios/failover.mjs --tier compose --seed 7");
  expect(commandAfter(drill({ control: "no-runbook" }))).toBe(
    "npx zx scenarios/failover.mjs --tier sim --seed 7",
  );
});

test("what is missing names every undecided criterion once", () => {
  const { judgement } = DRILLS.hold();
  const ids = judgement.criteria.map(({ id }) => id).join(", ");
  expect(whatIsMissing(judgement)).toEqual([`${ids}: the fault was not seen to take effect`]);
  expect(whatIsMissing(DRILLS.go().judgement)).toEqual([]);
  expect(whatIsMissing({ ...judgement, criteria: [] })).toEqual([
    expect.stringContaining("no exit criteria"),
  ]);
});
