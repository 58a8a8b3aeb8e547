import { eventsOf } from "../criterion/evidence.ts";
import { count } from "../criterion/wording.ts";
import type { FiredrillEvent } from "../events/vocabulary.ts";
import type { Judgement } from "./result.ts";
import { isCleanUpFailure, stoppagesOf, wordStoppage } from "./stoppages.ts";
import { splitTrials, type TrialLog } from "./trial-log.ts";

/** Objects named in one finding; the fingerprints in the events name them all. */
const MAX_NAMED = 5;

/** What was left behind or could not be undone. Stands beside the verdict and never changes it. */
export function judgeHygiene(events: readonly FiredrillEvent[]): Judgement["hygiene"] {
  const logs = splitTrials(events);
  const failures = stoppagesOf(events).filter((stoppage) => isCleanUpFailure(stoppage, logs));
  const leaks = eventsOf(events, "run.leak").filter(({ what }) => what.length > 0);
  const findings = [
    ...logs.flatMap((log) => trialFindings(log).map((finding) => `trial ${log.trial}: ${finding}`)),
    ...failures.map(
      (failure) =>
        `clean-up failed: ${failure.kind === "run.failed" ? failure.message : wordStoppage(failure)}`,
    ),
    ...leaks.map(({ what }) => `left behind by the run: ${what.join(", ")}`),
  ];
  return { clean: findings.length === 0, findings };
}

function trialFindings(log: TrialLog): string[] {
  const { events } = log;
  return [
    ...eventsOf(events, "fault.revert-failed").map(
      ({ fault, error }) => `fault ${fault} could not be undone: ${error}`,
    ),
    ...neverUndone(events).map((fault) => `fault ${fault} was applied, and nothing says that it was undone`),
    ...eventsOf(events, "fault.audited")
      .filter(({ clean }) => !clean)
      .map(({ fault, detail }) => `something of fault ${fault} is left: ${detail}`),
    ...eventsOf(events, "trial.outside")
      .filter(({ attempts }) => attempts > 0)
      .map(({ attempts, detail }) => `${count(attempts, "attempt")} to reach outside: ${detail}`),
    ...changedFingerprint(events),
  ];
}

function neverUndone(events: readonly FiredrillEvent[]): string[] {
  const told = new Set(
    events.flatMap((event) =>
      event.kind === "fault.reverted" || event.kind === "fault.revert-failed" ? [event.fault] : [],
    ),
  );
  const applied = new Set(eventsOf(events, "fault.applied").map(({ fault }) => fault));
  return [...applied].filter((fault) => !told.has(fault));
}

/** What a runbook changed is its repair, not a leak: then only the faults' own audits speak. */
function changedFingerprint(events: readonly FiredrillEvent[]): string[] {
  if (eventsOf(events, "runbook.started").length > 0) return [];
  const fingerprints = eventsOf(events, "trial.fingerprint");
  const before = fingerprints.find(({ when }) => when === "before");
  const after = fingerprints.findLast(({ when }) => when === "after");
  if (!before || !after || before.digest === after.digest) return [];
  const names = [...new Set([...Object.keys(before.items), ...Object.keys(after.items)])].toSorted();
  const changes = names
    .filter((name) => before.items[name] !== after.items[name])
    .map(
      (name) => `${name} (${before.items[name] ?? "absent"} before, ${after.items[name] ?? "absent"} after)`,
    );
  const more = changes.length > MAX_NAMED ? `, and ${changes.length - MAX_NAMED} more` : "";
  return [
    `the stack is not as it was: ${changes.slice(0, MAX_NAMED).join(", ") || "its fingerprint differs"}${more}`,
  ];
}
