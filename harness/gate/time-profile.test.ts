import { describe, expect, it } from "vitest";
import { sealed, syntheticRun } from "../events/events.testkit.ts";
import type { FiredrillEvent } from "../events/vocabulary.ts";
import { judgeRun } from "./judge-run.ts";
import { FAST_TIMES_NOTE } from "./time-profile.ts";

/** The same run, as it would have been planned on this tier with these time limits. */
function planned(events: readonly FiredrillEvent[], tier: string, kubernetesTimes: string) {
  return sealed(
    events.map((event) => {
      if (event.kind !== "run.planned") return event;
      const plan = event.plan as { scenario: Record<string, unknown> };
      const changed = { ...plan, tier, scenario: { ...plan.scenario, kubernetesTimes } };
      return { ...event, plan: JSON.parse(JSON.stringify(changed)) };
    }),
  );
}

const claims = (tier: string, times: string, trials: Parameters<typeof syntheticRun>[0] = {}) =>
  judgeRun(planned(syntheticRun(trials), tier, times)).criteria;

describe("shortened Kubernetes time limits", () => {
  it("stand beside every figure that was measured under them", () => {
    for (const { trials, claim } of claims("k3d", "fast")) {
      const measured = trials.some(({ measuredMs }) => measuredMs !== null);
      expect(claim.includes(FAST_TIMES_NOTE)).toBe(measured);
    }
  });

  it("stand beside the figures of several trials too", () => {
    const [takeover] = claims("k3d", "fast", { trials: [{}, {}] });
    expect(takeover?.claim).toContain(FAST_TIMES_NOTE);
  });

  it("are not mentioned where they played no part", () => {
    for (const criteria of [claims("k3d", "production"), claims("compose", "fast")]) {
      expect(criteria.filter(({ claim }) => claim.includes(FAST_TIMES_NOTE))).toEqual([]);
    }
  });
});
