import { describe, expect, it } from "vitest";
import { notPassed, rehearse, withSetting } from "../rehearse.testkit.ts";
import { combined } from "./combined.testkit.ts";

describe("a GPU node dies while the LLM provider is rate-limited", { timeout: 120_000 }, () => {
  it.each([1, 2])("is one schedule, and GO with seed %d", async (seed) => {
    const judgement = await rehearse(combined, { seed });
    expect(notPassed(judgement)).toEqual([]);
    expect(judgement).toMatchObject({ decision: "go", hygiene: { findings: [] } });
  });

  it("is NO-GO without checkpoints, and only for the jobs", async () => {
    const judgement = await rehearse(combined, { spoil: withSetting("CHECKPOINT", "off") });
    expect(judgement.decision).toBe("no-go");
    expect(notPassed(judgement)).toContain("checkpoints");
    expect(notPassed(judgement)).not.toContain("serving");
  });
});
