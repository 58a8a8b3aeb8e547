import { eventsOf, type Window } from "../criterion/evidence.ts";
import { verdictsOf } from "../criterion/verdict.ts";
import type { JudgedPlan } from "./judged-plan.ts";
import type { TrialVerdict } from "./result.ts";
import { cutShort, type Stoppage } from "./stoppages.ts";
import type { TrialLog } from "./trial-log.ts";

export type Guarded =
  | { readonly window: Window; readonly verdict: null }
  | { readonly window: null; readonly verdict: TrialVerdict };

/**
 * What must hold before any criterion may speak of a trial: it ran to the end of its observation, it was steady
 * before anything was broken, and every planned fault was seen to take effect and, where that is counted, met somebody.
 * Else every criterion is inconclusive.
 */
export function guardTrial(plan: JudgedPlan, log: TrialLog, stoppages: readonly Stoppage[]): Guarded {
  const stopped = cutShort(log, stoppages);
  if (stopped) return { window: null, verdict: stopped };

  const say = verdictsOf(log.trial);
  const { baseline } = log;
  if (!baseline?.met) {
    const claim = `the stack was not steady before anything was broken: ${baseline?.detail ?? "no baseline was taken"}`;
    const verdict = say.inconclusive("not-steady-before", claim, { evidence: [baseline?.seq] });
    return { window: null, verdict };
  }
  const unseen =
    plan.control === "placebo" ? null : (firstUnseenFault(plan, log) ?? firstUnmetFault(plan, log));
  if (unseen) return { window: null, verdict: unseen };
  const toMs = log.phases.get("verifying")?.t ?? baseline.t;
  return { window: { fromMs: baseline.t, toMs: Math.max(baseline.t, toMs) }, verdict: null };
}

function firstUnseenFault(plan: JudgedPlan, log: TrialLog): TrialVerdict | null {
  const say = verdictsOf(log.trial);
  const confirmed = new Set(eventsOf(log.events, "fault.confirmed").map(({ fault }) => fault));
  const unconfirmed = eventsOf(log.events, "fault.unconfirmed");
  for (const { id } of plan.scenario.faults) {
    const denial = unconfirmed.find(({ fault }) => fault === id);
    if (confirmed.has(id) && !denial) continue;
    const why = denial ? `its effect was not seen (${denial.evidence})` : "it was never confirmed";
    const claim = `fault ${id} was planned, but ${why}`;
    return say.inconclusive("fault-not-observed", claim, { evidence: [denial?.seq] });
  }
  return null;
}

/** A fault in a mock that no request met was there, and nothing was rehearsed. */
function firstUnmetFault(plan: JudgedPlan, log: TrialLog): TrialVerdict | null {
  const say = verdictsOf(log.trial);
  const told = eventsOf(log.events, "fault.met");
  for (const { id, kind } of plan.scenario.faults) {
    const met = told.find(({ fault }) => fault === id);
    if (kind !== "mock" || (met !== undefined && met.hits + met.looks > 0)) continue;
    const claim =
      met === undefined
        ? `fault ${id} was in effect, but nobody knows whether it met anything`
        : `fault ${id} was in effect, but no request met it (${met.what}: 0 hits)`;
    return say.inconclusive("fault-not-observed", claim, { evidence: [met?.seq] });
  }
  return null;
}
