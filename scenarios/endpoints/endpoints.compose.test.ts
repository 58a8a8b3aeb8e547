import { expect, it } from "vitest";
import { composeTier } from "../../harness/tier/compose/compose-tier.ts";
import { rehearse } from "../rehearse.testkit.ts";
import gpuOffTheBus from "./gpu-off-the-bus.mjs";

/** The part that stands for all on every change; endpoints.nightly.compose.test.ts has the rest. */
it("gpu-off-the-bus is GO on real containers and leaves nothing behind", { timeout: 600_000 }, async () => {
  const judgement = await rehearse(gpuOffTheBus, { tier: composeTier });
  expect(judgement, judgement.reason).toMatchObject({ decision: "go", hygiene: { findings: [] } });
});
