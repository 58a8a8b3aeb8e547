import { describe, expect, it } from "vitest";
import { composeTier } from "../../harness/tier/compose/compose-tier.ts";
import { notPassed, rehearse, withSetting } from "../rehearse.testkit.ts";
import chainStall from "./chain-stall.mjs";
import { combined } from "./combined.testkit.ts";
import gpuOffTheBus from "./gpu-off-the-bus.mjs";
import llmOverload from "./llm-overload.mjs";

const TIMEOUT_MS = 600_000;
const tier = composeTier;

describe.each([llmOverload, gpuOffTheBus, chainStall])(
  "$name on real containers",
  { timeout: TIMEOUT_MS },
  (scenario) => {
    it("is GO and leaves nothing behind", async () => {
      const judgement = await rehearse(scenario, { tier });
      expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
    });

    it("stays silent when nothing is broken", async () => {
      const judgement = await rehearse(scenario, { tier, control: "placebo" });
      expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
    });

    it("is no-go without its runbook", async () => {
      const judgement = await rehearse(scenario, { tier, control: "no-runbook" });
      expect(judgement.decision, judgement.reason).toBe("no-go");
    });
  },
);

it(
  "a GPU node dies while the LLM provider is rate-limited: one schedule, and GO",
  { timeout: TIMEOUT_MS },
  async () => {
    const judgement = await rehearse(combined, { tier });
    expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  },
);

describe("a service that was broken on purpose is NO-GO on real containers", { timeout: TIMEOUT_MS }, () => {
  it.each([
    { scenario: llmOverload, setting: "BREAKER", value: "off", criterion: "noticed" },
    { scenario: gpuOffTheBus, setting: "CHECKPOINT", value: "off", criterion: "checkpoints" },
    { scenario: chainStall, setting: "METAGRAPH_MAX_AGE_MS", value: "never", criterion: "fresh" },
  ])("$scenario.name with $setting=$value", async ({ scenario, setting, value, criterion }) => {
    const judgement = await rehearse(scenario, { tier, spoil: withSetting(setting, value) });
    expect(judgement.decision, judgement.reason).toBe("no-go");
    expect(notPassed(judgement)).toContain(criterion);
  });
});
