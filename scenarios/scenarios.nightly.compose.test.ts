import { describe, expect, it } from "vitest";
import { composeTier } from "../harness/tier/compose/compose-tier.ts";
import dbOutage from "./fleet/db-outage.mjs";
import memoryPressure from "./fleet/memory-pressure.mjs";
import nodeLoss from "./fleet/node-loss.mjs";
import splitBrain from "./fleet/split-brain.mjs";
import { notPassed, rehearse, withoutStep, withSetting } from "./rehearse.testkit.ts";

const TIMEOUT_MS = 600_000;
const tier = composeTier;

/** Each with what its control without the runbook must come to, as on sim. */
describe.each([
  [nodeLoss, "no-go"],
  [dbOutage, "no-go"],
  [memoryPressure, "no-go"],
  [splitBrain, "go"],
] as const)("$name on real containers", { timeout: TIMEOUT_MS }, (scenario, withoutRunbook) => {
  it("is GO and leaves nothing behind", async () => {
    const judgement = await rehearse(scenario, { tier });
    expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it("stays silent when nothing is broken", async () => {
    const judgement = await rehearse(scenario, { tier, control: "placebo" });
    expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it(`is ${withoutRunbook} without its runbook`, async () => {
    const judgement = await rehearse(scenario, { tier, control: "no-runbook" });
    expect(judgement.decision, judgement.reason).toBe(withoutRunbook);
  });
});

describe("a fleet that was broken on purpose is NO-GO on real containers", { timeout: TIMEOUT_MS }, () => {
  it("a lease without fencing: two writers", async () => {
    const judgement = await rehearse(splitBrain, { tier, spoil: withSetting("FENCING", "off") });
    expect(judgement.decision, judgement.reason).toBe("no-go");
    expect(notPassed(judgement)).toContain("oneWriter");
  });

  it("a heartbeat time-out of an hour: the loss is never noticed", async () => {
    const judgement = await rehearse(nodeLoss, { tier, spoil: withSetting("WORKER_TIMEOUT_MS", "3600000") });
    expect(judgement.decision, judgement.reason).toBe("no-go");
    expect(notPassed(judgement)).toContain("noticed");
  });

  it("no restore in the runbook: the fleet never comes back", async () => {
    const judgement = await rehearse(dbOutage, { tier, spoil: withoutStep("restore") });
    expect(judgement.decision, judgement.reason).toBe("no-go");
    expect(notPassed(judgement)).toContain("rto");
  });
});
