import type { TierName } from "../tier/tier.ts";
import type { Control, ScenarioDefinition } from "./definition.ts";

/** All that decides what a run does; a trial is a function of (plan, trial number). */
export interface Plan {
  readonly schema: 1;
  readonly scenario: ScenarioDefinition;
  readonly stackDigest: string;
  readonly runbookDigest: string | null;
  readonly tier: TierName;
  readonly control: Control;
  readonly seed: number;
  readonly trials: number;
  /** Fault kinds the tier shows only approximately, with the reason: they stand in the report. */
  readonly approximations: Readonly<Record<string, string>>;
}
