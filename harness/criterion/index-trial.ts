import type { FiredrillEvent } from "../events/vocabulary.ts";
import type { Control } from "../scenario/definition.ts";
import {
  eventsOf,
  type ObservedFault,
  type ProbeEvidence,
  type RunbookEvidence,
  type TrialEvidence,
  type Window,
} from "./evidence.ts";
import { indexWorkload } from "./workload-evidence.ts";

/** The part of a plan that evidence is read by. */
export interface PlannedEvidence {
  readonly control: Control;
  readonly scenario: {
    readonly probes: readonly { readonly id: string; readonly everyMs: number; readonly timeoutMs: number }[];
    readonly workloads: readonly { readonly id: string }[];
    readonly faults: readonly PlannedFault[];
    readonly runbook: { readonly onProbe: string } | null;
  };
}

interface PlannedFault {
  readonly id: string;
  /** Null: until the runbook has repaired it. */
  readonly durationMs: number | null;
}

/** Indexes one trial's events, so that every criterion finds what it needs by name. */
export function indexTrial(
  plan: PlannedEvidence,
  trial: number,
  window: Window,
  events: readonly FiredrillEvent[],
): TrialEvidence {
  const { control, scenario } = plan;
  return {
    trial,
    control,
    window,
    faults: control === "placebo" ? [] : observedFaults(scenario.faults, events),
    probes: new Map(scenario.probes.map((probe) => [probe.id, indexProbe(probe, window, events)])),
    workloads: new Map(scenario.workloads.map(({ id }) => [id, indexWorkload(id, events)])),
    runbook: indexRunbook(scenario.runbook?.onProbe ?? null, events),
    checks: eventsOf(events, "check.result"),
  };
}

function observedFaults(
  planned: readonly PlannedFault[],
  events: readonly FiredrillEvent[],
): ObservedFault[] {
  const armed = eventsOf(events, "fault.armed");
  const confirmed = eventsOf(events, "fault.confirmed");
  const lapsed = eventsOf(events, "fault.lapsed");
  const operatorBegins = eventsOf(events, "runbook.step.started")[0]?.t ?? Infinity;
  const observed = planned.flatMap(({ id, durationMs }): ObservedFault[] => {
    const confirmation = confirmed.find(({ fault }) => fault === id);
    if (!confirmation) return [];
    const confirmedMs = confirmation.t;
    const begunMs = Math.min(confirmedMs, armed.find(({ fault }) => fault === id)?.t ?? confirmedMs);
    const own = lapsed.filter(({ fault }) => fault === id);
    const lapses = own.filter(({ reapplied, t }) => {
      if (reapplied || t < operatorBegins) return true;
      // The operator has repaired it, or taken its target away: then it was hit again when it came back.
      return durationMs !== null && !own.some((later) => later.reapplied && later.t > t);
    });
    return [{ id, begunMs, confirmedMs, seq: confirmation.seq, lapses }];
  });
  return observed.toSorted((a, b) => a.confirmedMs - b.confirmedMs);
}

function indexProbe(
  { id, everyMs, timeoutMs }: PlannedEvidence["scenario"]["probes"][number],
  { fromMs, toMs }: Window,
  events: readonly FiredrillEvent[],
): ProbeEvidence {
  const samples = eventsOf(events, "probe.sample")
    .filter(({ probe, t }) => probe === id && t >= fromMs && t <= toMs)
    .toSorted((a, b) => a.t - b.t || a.seq - b.seq);
  return { id, everyMs, timeoutMs, samples };
}

function indexRunbook(startsOn: string | null, events: readonly FiredrillEvent[]): RunbookEvidence {
  return {
    startsOn,
    started: eventsOf(events, "runbook.started")[0] ?? null,
    stepsBegun: eventsOf(events, "runbook.step.started"),
    steps: eventsOf(events, "runbook.step.ended"),
    expectations: eventsOf(events, "runbook.expected"),
    endings: eventsOf(events, "runbook.ended"),
  };
}
