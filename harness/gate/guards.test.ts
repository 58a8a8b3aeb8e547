import { describe, expect, it } from "vitest";
import { syntheticRun } from "../events/events.testkit.ts";
import { guardTrial } from "./guards.ts";
import { readPlan } from "./judged-plan.ts";
import { splitTrials } from "./trial-log.ts";

describe("guardTrial", () => {
  it("lets the observation last from the steady start until verification begins", () => {
    const events = syntheticRun({ trials: [{ observedUntilMs: 40_000 }] });
    const [log] = splitTrials(events);
    expect(guardTrial(readPlan(events).plan!, log!, [])).toEqual({
      window: { fromMs: 9_300, toMs: 40_000 },
      verdict: null,
    });
  });
});
