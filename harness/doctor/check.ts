import type Docker from "dockerode";
import type { EngineSearch } from "../tier/compose/engine.ts";

/** The states of `flutter doctor`: as it should be, usable with limits, absent, pointless here, and "we can't tell". */
export type CheckState = "ok" | "partial" | "missing" | "not-applicable" | "crashed";

export interface CheckResult {
  readonly state: CheckState;
  /** One line for people. */
  readonly summary: string;
  /** What was tried or found, a line each. */
  readonly details?: readonly string[];
  /** What to do; every result that is not ok or not applicable has one. */
  readonly fix?: string;
}

/** What checks may look at. Checks change nothing. */
export interface Examination {
  /** The one search for an engine; checks that need the engine await it. */
  readonly engine: Promise<EngineSearch>;
  /** Where runs are kept. */
  readonly runsDir: string;
}

export interface Check {
  readonly id: string;
  readonly title: string;
  /** What cannot work while this is missing: every tier, those with containers, one of them, or none. */
  readonly neededBy: "every tier" | "real tiers" | "compose" | "k3d" | "nothing";
  run(examination: Examination): Promise<CheckResult>;
}

export interface CheckReport extends CheckResult {
  readonly id: string;
  readonly title: string;
  readonly neededBy: Check["neededBy"];
}

/** The engine if there is one; else the result of every check that can't be made without. */
export async function engineOrNotApplicable(examination: Examination): Promise<Docker | CheckResult> {
  const search = await examination.engine;
  return search.found ? search.engine.docker : { state: "not-applicable", summary: "needs a Docker engine" };
}

export const isResult = (value: Docker | CheckResult): value is CheckResult => "state" in value;
