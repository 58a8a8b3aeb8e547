import { tierByName, TIER_NAMES } from "../tier/index.ts";
import type { StandingRun, TierName } from "../tier/tier.ts";

/** What still stands on every tier that is there to be asked. */
export async function allStanding(): Promise<(StandingRun & { tier: TierName })[]> {
  const perTier = await Promise.all(
    TIER_NAMES.map(async (name) => {
      const tier = await tierByName(name);
      if (!(await tier.ready()).ready) return [];
      return (await tier.standing()).map((run) => ({ ...run, tier: name }));
    }),
  );
  return perTier.flat();
}
