import { describe, expect, it } from "vitest";
import { notPassed, rehearse, withoutStep, withSetting } from "../rehearse.testkit.ts";
import chainStall from "./chain-stall.mjs";
import gpuOffTheBus from "./gpu-off-the-bus.mjs";
import llmOverload from "./llm-overload.mjs";

/** Seconds each on an idle machine; CI shares its cores. */
const PATIENCE = { timeout: 120_000 };

describe.each([llmOverload, gpuOffTheBus, chainStall])("$name", PATIENCE, (scenario) => {
  it.each([1, 2])("is GO with seed %d and leaves nothing behind", async (seed) => {
    const judgement = await rehearse(scenario, { seed });
    expect(notPassed(judgement)).toEqual([]);
    expect(judgement).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it("stays silent when nothing is broken", async () => {
    expect((await rehearse(scenario, { control: "placebo" })).decision).toBe("go");
  });

  it("is no-go without its runbook", async () => {
    expect((await rehearse(scenario, { control: "no-runbook" })).decision).toBe("no-go");
  });
});

describe("a service that was broken on purpose is NO-GO", PATIENCE, () => {
  it("a gateway without a breaker: nobody notices, and the allowance is spent before anyone comes", async () => {
    const judgement = await rehearse(llmOverload, { spoil: withSetting("BREAKER", "off") });
    expect(judgement.decision).toBe("no-go");
    expect(notPassed(judgement)).toEqual(expect.arrayContaining(["noticed", "serving"]));
  });

  it("a runner without checkpoints: jobs begin anew", async () => {
    const judgement = await rehearse(gpuOffTheBus, { spoil: withSetting("CHECKPOINT", "off") });
    expect(judgement.decision).toBe("no-go");
    expect(notPassed(judgement)).toContain("checkpoints");
  });

  it("a follower without a maximum age: permissions are given that are older than agreed", async () => {
    const judgement = await rehearse(chainStall, { spoil: withSetting("METAGRAPH_MAX_AGE_MS", "never") });
    expect(judgement.decision).toBe("no-go");
    expect(notPassed(judgement)).toContain("fresh");
  });

  it("an operator who does not allow the fallback: it is refused when the allowance is spent", async () => {
    const judgement = await rehearse(llmOverload, { spoil: withoutStep("switch") });
    expect(judgement.decision).toBe("no-go");
    expect(notPassed(judgement)).toContain("serving");
  });
});
