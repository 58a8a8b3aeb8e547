import { describe, expect, it } from "vitest";
import { k3dTier } from "../harness/tier/k3d/k3d-tier.ts";
import failover from "./failover.mjs";
import dbOutage from "./fleet/db-outage.mjs";
import memoryPressure from "./fleet/memory-pressure.mjs";
import nodeLoss from "./fleet/node-loss.mjs";
import controlClusterLost from "./kubernetes/control-cluster-lost.mjs";
import { rehearse } from "./rehearse.testkit.ts";

/** The part that stands for all on every change; scenarios.nightly.k3d.test.ts has the rest. */
const tier = k3dTier;

describe("failover on real clusters", () => {
  it("is GO and leaves nothing behind", async () => {
    const judgement = await rehearse(failover, { tier });
    expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it("stays silent when nothing is broken", async () => {
    const judgement = await rehearse(failover, { tier, control: "placebo" });
    expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it("is no-go without its runbook", async () => {
    const judgement = await rehearse(failover, { tier, control: "no-runbook" });
    expect(judgement.decision, judgement.reason).toBe("no-go");
  });
});

describe("on real clusters", () => {
  it.each([nodeLoss, dbOutage, memoryPressure, controlClusterLost])(
    "$name is GO and leaves nothing behind",
    async (scenario) => {
      const judgement = await rehearse(scenario, { tier });
      expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
    },
  );
});
