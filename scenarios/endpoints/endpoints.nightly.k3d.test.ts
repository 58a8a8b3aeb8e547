import { describe, expect, it } from "vitest";
import { k3dTier } from "../../harness/tier/k3d/k3d-tier.ts";
import { rehearse } from "../rehearse.testkit.ts";
import gpuOffTheBus from "./gpu-off-the-bus.mjs";

/** Of the three, the one in which nodes matter. */
const tier = k3dTier;

describe("gpu-off-the-bus on real clusters", () => {
  it("is GO and leaves nothing behind", async () => {
    const judgement = await rehearse(gpuOffTheBus, { tier });
    expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it("stays silent when nothing is broken", async () => {
    const judgement = await rehearse(gpuOffTheBus, { tier, control: "placebo" });
    expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it("is no-go without its runbook", async () => {
    const judgement = await rehearse(gpuOffTheBus, { tier, control: "no-runbook" });
    expect(judgement.decision, judgement.reason).toBe("no-go");
  });
});
