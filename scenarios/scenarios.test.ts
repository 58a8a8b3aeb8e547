import { describe, expect, it } from "vitest";
import failover from "./failover.mjs";
import dbOutage from "./fleet/db-outage.mjs";
import memoryPressure from "./fleet/memory-pressure.mjs";
import nodeLoss from "./fleet/node-loss.mjs";
import splitBrain from "./fleet/split-brain.mjs";
import { notPassed, rehearse, withoutStep, withSetting } from "./rehearse.testkit.ts";

/** Each with what its control without the runbook must come to. */
const SCENARIOS = [
  [failover, "no-go"],
  [nodeLoss, "no-go"],
  [dbOutage, "no-go"],
  [memoryPressure, "no-go"],
  // The partition ends by itself: the runbook makes it safer, not shorter.
  [splitBrain, "go"],
] as const;

describe.each(SCENARIOS)("$name", (scenario, withoutRunbook) => {
  it.each([1, 2, 3])("is GO with seed %d and leaves nothing behind", async (seed) => {
    const judgement = await rehearse(scenario, { seed });
    expect(notPassed(judgement)).toEqual([]);
    expect(judgement).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it("stays silent when nothing is broken", async () => {
    expect((await rehearse(scenario, { control: "placebo" })).decision).toBe("go");
  });

  it(`is ${withoutRunbook} without its runbook`, async () => {
    expect((await rehearse(scenario, { control: "no-runbook" })).decision).toBe(withoutRunbook);
  });
});

describe("a fleet that was broken on purpose is NO-GO", () => {
  it("a lease without fencing: two writers", async () => {
    const judgement = await rehearse(splitBrain, { spoil: withSetting("FENCING", "off") });
    expect(judgement.decision).toBe("no-go");
    expect(notPassed(judgement)).toContain("oneWriter");
  });

  it("a heartbeat time-out of an hour: the loss is never noticed", async () => {
    const judgement = await rehearse(nodeLoss, { spoil: withSetting("WORKER_TIMEOUT_MS", "3600000") });
    expect(judgement.decision).toBe("no-go");
    expect(notPassed(judgement)).toEqual(expect.arrayContaining(["noticed", "rescheduled"]));
  });

  it("no restore in the runbook: the fleet never comes back", async () => {
    const judgement = await rehearse(dbOutage, { spoil: withoutStep("restore") });
    expect(judgement.decision).toBe("no-go");
    expect(notPassed(judgement)).toEqual(expect.arrayContaining(["rto", "whole"]));
  });

  it("a dump every minute: more is lost than was agreed", async () => {
    const judgement = await rehearse(dbOutage, { spoil: withSetting("BACKUP_INTERVAL_MS", "60000") });
    expect(judgement.decision).toBe("no-go");
    expect(notPassed(judgement)).toContain("rpo");
  });
});
