import type { Tier, TierName } from "./tier.ts";

/** The tiers that exist, in the order in which they are listed. */
export const TIER_NAMES: readonly TierName[] = ["sim", "compose", "k3d"];

/** Loads one tier; a run on `sim` never loads a Docker client. */
export async function tierByName(name: TierName): Promise<Tier> {
  switch (name) {
    case "sim":
      return (await import("./sim/sim-tier.ts")).simTier;
    case "compose":
      return (await import("./compose/compose-tier.ts")).composeTier;
    case "k3d":
      return (await import("./k3d/k3d-tier.ts")).k3dTier;
  }
}
