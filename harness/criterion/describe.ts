import { assertNever } from "../error.ts";
import { formatDuration } from "../time/duration.ts";
import type { CriterionSpec } from "./spec.ts";
import { directionWord, formatFigure, quantileName } from "./threshold.ts";

/** What a criterion demands, as a sentence without its full stop. */
export function describeCriterion(spec: CriterionSpec): string {
  switch (spec.kind) {
    case "recovery":
      return `${spec.probe} recovers within ${formatDuration(spec.withinMs)}${after(spec.fault)} and holds for ${formatDuration(spec.holdMs)}`;
    case "detection":
      return `${spec.probe} turns bad within ${formatDuration(spec.withinMs)}${after(spec.fault)}, and not before`;
    case "continuity":
      return `${spec.of} is never without a success for more than ${formatDuration(spec.maxGapMs)}`;
    case "threshold":
      return `${quantileName(spec)} of ${spec.of} ${spec.metric} is ${directionWord(spec)} ${formatFigure(spec, spec.limit)}${sustained(spec.sustainedMs)}`;
    case "no-acknowledged-loss":
      return spec.rpoMs === 0
        ? `no acknowledged operation of ${spec.workload} is lost`
        : `no acknowledged operation of ${spec.workload} is lost, apart from the last ${formatDuration(spec.rpoMs)} before a fault`;
    case "unique-ids":
      return `no id of ${spec.workload} is given twice`;
    case "one-leader":
      return `at most one leader writes to ${spec.workload} at any time`;
    case "check":
      return spec.title;
    case "runbook":
      return `${spec.runbook} is started, every step ends well and every expectation is met`;
    default:
      return assertNever(spec);
  }
}

/** What a trial that passed has shown, to be followed by "in 3 of 3 trials". */
export function achievementOf(spec: CriterionSpec, placebo: boolean): string {
  switch (spec.kind) {
    case "recovery":
      return placebo
        ? `${spec.probe} stayed good without a fault`
        : `Recovered within ${formatDuration(spec.withinMs)}`;
    case "detection":
      return placebo
        ? `${spec.probe} stayed silent without a fault`
        : `Noticed within ${formatDuration(spec.withinMs)}`;
    case "continuity":
      return `Never without a success for more than ${formatDuration(spec.maxGapMs)}`;
    case "threshold":
      return `${quantileName(spec)} of ${spec.of} ${spec.metric} was ${directionWord(spec)} ${formatFigure(spec, spec.limit)}${sustained(spec.sustainedMs)}`;
    case "no-acknowledged-loss":
      return spec.rpoMs === 0
        ? "No acknowledged operation was lost"
        : `Nothing was lost beyond the last ${formatDuration(spec.rpoMs)} before a fault`;
    case "unique-ids":
      return "No id was given twice";
    case "one-leader":
      return "Never two leaders at a time";
    case "check":
      return `${spec.title}: passed`;
    case "runbook":
      return placebo ? "The runbook was left alone" : "Every step of the runbook ended well";
    default:
      return assertNever(spec);
  }
}

function after(fault: string | null): string {
  return fault === null ? "" : ` of fault ${fault}`;
}

function sustained(ms: number): string {
  return ms > 0 ? `, or breached for less than ${formatDuration(ms)} at a time` : "";
}
