import type { JudgedPlan } from "./judged-plan.ts";
import type { TrialVerdict } from "./result.ts";

/** Stands beside every figure that was measured with shortened time limits, so that nobody quotes it as production's. */
export const FAST_TIMES_NOTE = "with Kubernetes' time limits shortened: fast";

export const hasFastTimes = ({ tier, scenario }: JudgedPlan): boolean =>
  tier === "k3d" && scenario.kubernetesTimes === "fast";

/** The same verdict; if it holds a figure that the profile touches, its claim says so. */
export function noteTimes(plan: JudgedPlan, verdict: TrialVerdict): TrialVerdict {
  if (!hasFastTimes(plan) || verdict.measuredMs === null) return verdict;
  return { ...verdict, claim: `${verdict.claim.replace(/\.$/, "")} (${FAST_TIMES_NOTE})` };
}
