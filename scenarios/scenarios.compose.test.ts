import { describe, expect, it } from "vitest";
import { composeTier } from "../harness/tier/compose/compose-tier.ts";
import failover from "./failover.mjs";
import dbOutage from "./fleet/db-outage.mjs";
import splitBrain from "./fleet/split-brain.mjs";
import { rehearse } from "./rehearse.testkit.ts";

/** The part that stands for all on every change; scenarios.nightly.compose.test.ts has the rest. */
const TIMEOUT_MS = 600_000;
const tier = composeTier;

describe("on real containers", { timeout: TIMEOUT_MS }, () => {
  it.each([failover, dbOutage, splitBrain])("$name is GO and leaves nothing behind", async (scenario) => {
    const judgement = await rehearse(scenario, { tier });
    expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it("failover stays silent when nothing is broken", async () => {
    const judgement = await rehearse(failover, { tier, control: "placebo" });
    expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it("failover is no-go without its runbook", async () => {
    const judgement = await rehearse(failover, { tier, control: "no-runbook" });
    expect(judgement.decision, judgement.reason).toBe("no-go");
  });
});
