import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";
import type { Control } from "../scenario/definition.ts";
import type { WorkloadEvidence } from "./workload-evidence.ts";

/** What every criterion reads: one trial's events, indexed. All times are `t` of the trial's own clock, in ms. */
export interface TrialEvidence {
  readonly trial: number;
  readonly control: Control;
  /** The observation: from the steady start to the phase `verifying`. */
  readonly window: Window;
  /** The planned faults, by the time of their confirmation; empty in a placebo run. */
  readonly faults: readonly ObservedFault[];
  /** Every planned probe. */
  readonly probes: ReadonlyMap<string, ProbeEvidence>;
  /** Every planned workload. */
  readonly workloads: ReadonlyMap<string, WorkloadEvidence>;
  readonly runbook: RunbookEvidence;
  readonly checks: readonly EventOf<"check.result">[];
}

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ObservedFault {
  readonly id: string;
  /** When the injector set to work: from here on the effect may be felt, before it is confirmed. */
  readonly begunMs: number;
  readonly confirmedMs: number;
  /** Sequence number of the confirmation. */
  readonly seq: number;
  readonly lapses: readonly EventOf<"fault.lapsed">[];
}

export type Sample = EventOf<"probe.sample">;

export interface ProbeEvidence {
  readonly id: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Inside the observation, by `t`. */
  readonly samples: readonly Sample[];
}

export interface RunbookEvidence {
  /** The probe that makes the operator start; null when the scenario has no runbook. */
  readonly startsOn: string | null;
  readonly started: EventOf<"runbook.started"> | null;
  readonly stepsBegun: readonly EventOf<"runbook.step.started">[];
  readonly steps: readonly EventOf<"runbook.step.ended">[];
  readonly expectations: readonly EventOf<"runbook.expected">[];
  readonly endings: readonly EventOf<"runbook.ended">[];
}

/** All events of one kind, in the order of the log. */
export function eventsOf<Kind extends FiredrillEvent["kind"]>(
  events: readonly FiredrillEvent[],
  kind: Kind,
): EventOf<Kind>[] {
  return events.filter((event): event is EventOf<Kind> => event.kind === kind);
}

/** The fault that a criterion counts from: the one it names, else the last. Null when there is none. */
export function faultCountedFrom(name: string | null, evidence: TrialEvidence): ObservedFault | null {
  if (name === null) return evidence.faults.at(-1) ?? null;
  return evidence.faults.find(({ id }) => id === name) ?? null;
}
