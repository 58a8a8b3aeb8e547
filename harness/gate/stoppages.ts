import { verdictsOf } from "../criterion/verdict.ts";
import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";
import type { InconclusiveReason, TrialVerdict } from "./result.ts";
import { type TrialLog, wasObservedBefore } from "./trial-log.ts";

/** Something that kept a run or a trial from its planned end. */
export type Stoppage = EventOf<"run.interrupted" | "run.failed">;

export function stoppagesOf(events: readonly FiredrillEvent[]): Stoppage[] {
  return events.filter((event) => event.kind === "run.interrupted" || event.kind === "run.failed");
}

/** The stoppage as the reason of a verdict. */
export function reasonOf(stoppage: Stoppage): InconclusiveReason {
  const interrupted = stoppage.kind === "run.interrupted" || stoppage.code === "RUN_INTERRUPTED";
  return interrupted ? "interrupted" : "harness-error";
}

/** The stoppage in words: `the run was interrupted (SIGINT)`. */
export function wordStoppage(stoppage: Stoppage): string {
  return stoppage.kind === "run.interrupted"
    ? `the run was interrupted (${stoppage.signal})`
    : `the run failed: ${stoppage.message} [${stoppage.code}]`;
}

/** The verdict on a trial that was stopped, or that never came to the end of its observation; null: it did. */
export function cutShort(log: TrialLog, stoppages: readonly Stoppage[]): TrialVerdict | null {
  const say = verdictsOf(log.trial);
  const stoppage = stoppages.find((it) => stops(it, log));
  if (stoppage)
    return say.inconclusive(reasonOf(stoppage), wordStoppage(stoppage), { evidence: [stoppage.seq] });
  if (wasObservedBefore(log)) return null;
  const last = [...log.phases.keys()].at(-1) ?? "its start";
  return say.inconclusive("interrupted", `the trial broke off in phase ${last}`);
}

/** A failure after the observation is one of the clean-up: it stands beside the verdict and does not change it. */
export function isCleanUpFailure(stoppage: Stoppage, logs: readonly TrialLog[]): boolean {
  if (stoppage.kind !== "run.failed" || reasonOf(stoppage) === "interrupted") return false;
  const concerned = logs.filter(({ trial, events }) =>
    stoppage.trial === 0 ? (events[0]?.seq ?? Infinity) < stoppage.seq : trial === stoppage.trial,
  );
  return concerned.length > 0 && concerned.every((log) => wasObservedBefore(log, stoppage.seq));
}

/** Did it stop this trial? Events of trial 0 speak of the run: they stop the trials that had begun and were not done. */
export function stops(stoppage: Stoppage, log: TrialLog): boolean {
  if (stoppage.trial !== 0 && stoppage.trial !== log.trial) return false;
  if (stoppage.kind === "run.failed" && reasonOf(stoppage) === "harness-error") {
    if (wasObservedBefore(log, stoppage.seq)) return false;
  }
  if (stoppage.trial === log.trial) return true;
  const begun = (log.events[0]?.seq ?? Infinity) < stoppage.seq;
  const done =
    (log.phases.get("done")?.seq ?? Infinity) < stoppage.seq && wasObservedBefore(log, stoppage.seq);
  return begun && !done;
}
