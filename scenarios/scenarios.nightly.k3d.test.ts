import { describe, expect, it } from "vitest";
import { k3dTier } from "../harness/tier/k3d/k3d-tier.ts";
import dbOutage from "./fleet/db-outage.mjs";
import memoryPressure from "./fleet/memory-pressure.mjs";
import nodeLoss from "./fleet/node-loss.mjs";
import splitBrain from "./fleet/split-brain.mjs";
import controlClusterLost from "./kubernetes/control-cluster-lost.mjs";
import controlPlaneLost from "./kubernetes/control-plane-lost.mjs";
import drainDuringRollout from "./kubernetes/drain-during-rollout.mjs";
import eviction from "./kubernetes/eviction.mjs";
import gpuNodeLost from "./kubernetes/gpu-node-lost.mjs";
import quorum from "./kubernetes/quorum.mjs";
import replicaLost from "./kubernetes/replica-lost.mjs";
import type { Planned } from "../harness/scenario/make-plan.ts";
import { notPassed, rehearse, withAgents, withChartValues, withoutStep } from "./rehearse.testkit.ts";

const tier = k3dTier;

/** Each with what its control without the runbook must come to. */
describe.each([
  [nodeLoss, "no-go"],
  [dbOutage, "no-go"],
  [memoryPressure, "no-go"],
  // The partition ends by itself: the runbook makes it safer, not shorter.
  [splitBrain, "go"],
  [controlPlaneLost, "no-go"],
  [quorum, "no-go"],
  [replicaLost, "no-go"],
  [drainDuringRollout, "no-go"],
  [gpuNodeLost, "no-go"],
  [eviction, "no-go"],
  [controlClusterLost, "no-go"],
] as const)("$name on real clusters", (scenario, withoutRunbook) => {
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

describe("a stack that was broken on purpose is NO-GO on real clusters", () => {
  it("no disruption budget: the drain takes more than the service can spare", async () => {
    const judgement = await rehearse(drainDuringRollout, {
      tier,
      spoil: withChartValues("pdb: { enabled: false }"),
    });
    expect(judgement.decision, judgement.reason).toBe("no-go");
    expect(notPassed(judgement)).toContain("budget");
  });

  it("no rule that spreads the copies, and one node to put them on: they all die with it", async () => {
    const unruled = withChartValues("spread: false");
    const onOneNode = withAgents((agent, index) => (index === 1 ? agent : { ...agent, pool: "spare" }));
    const spoil = (planned: Planned) => onOneNode(unruled(planned));
    const judgement = await rehearse(replicaLost, { tier, spoil });
    expect(judgement.decision, judgement.reason).toBe("no-go");
    expect(notPassed(judgement)).toEqual(expect.arrayContaining(["carried", "spare"]));
  });

  it("no restore in the runbook: the fleet never comes back", async () => {
    const judgement = await rehearse(dbOutage, { tier, spoil: withoutStep("restore") });
    expect(judgement.decision, judgement.reason).toBe("no-go");
    expect(notPassed(judgement)).toContain("rto");
  });

  it("the database at the lowest priority: it is evicted before the batch work", async () => {
    const first = "ledger: { priority: 1, guaranteed: false }\nbatch: { priority: 1000, hoardMiB: 20 }";
    const judgement = await rehearse(eviction, { tier, spoil: withChartValues(first) });
    expect(judgement.decision, judgement.reason).toBe("no-go");
    expect(notPassed(judgement)).toContain("ledgerStays");
  });
});
