import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";
import { type NodeView, nodeViews, type PodView, podViews } from "./cluster-view.ts";
import { type FaultView, faultViews } from "./fault-view.ts";
import type { PlanView } from "./plan-view.ts";
import { type ProbeView, probeViews } from "./probe-view.ts";
import { type RunbookView, runbookView } from "./runbook-view.ts";
import { type WorkloadView, workloadViews } from "./workload-view.ts";

/** What happened in one trial, sorted by who did it. Times are ms of the trial's own clock. */
export interface TrialView {
  readonly trial: number;
  readonly zero: Zero;
  /** The part worth drawing: from the baseline to the end of the observation. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly probes: readonly ProbeView[];
  readonly workloads: readonly WorkloadView[];
  readonly faults: readonly FaultView[];
  /** None on tiers without nodes. */
  readonly nodes: readonly NodeView[];
  readonly pods: readonly PodView[];
  readonly runbook: RunbookView | null;
  readonly baseline: { readonly met: boolean; readonly detail: string } | null;
  readonly outside: { readonly attempts: number; readonly detail: string } | null;
  readonly events: readonly FiredrillEvent[];
}

/** The instant that a chart calls 0. */
export interface Zero {
  readonly atMs: number;
  readonly means: "fault confirmed" | "fault applied" | "baseline met" | "trial began";
}

/** One view per trial that has left a trace, in order. Trial 0 is the run itself and has none. */
export function trialViews(events: readonly FiredrillEvent[], plan: PlanView): TrialView[] {
  const byTrial = new Map<number, FiredrillEvent[]>();
  for (const event of events) {
    if (event.trial === 0) continue;
    const of = byTrial.get(event.trial);
    if (of === undefined) byTrial.set(event.trial, [event]);
    else of.push(event);
  }
  return [...byTrial].toSorted(([a], [b]) => a - b).map(([trial, own]) => trialView(trial, own, plan));
}

function trialView(trial: number, events: readonly FiredrillEvent[], plan: PlanView): TrialView {
  const [fromMs, toMs] = drawnSpan(events);
  const baseline = events.find((event) => event.kind === "trial.baseline");
  const outside = events.findLast((event) => event.kind === "trial.outside");
  return {
    trial,
    zero: zeroOf(events),
    fromMs,
    toMs,
    probes: probeViews(events, plan),
    workloads: workloadViews(events, plan),
    faults: faultViews(events),
    nodes: nodeViews(events, toMs),
    pods: podViews(events, toMs),
    runbook: runbookView(events),
    baseline: baseline ? { met: baseline.met, detail: baseline.detail } : null,
    outside: outside ? { attempts: outside.attempts, detail: outside.detail } : null,
    events,
  };
}

function zeroOf(events: readonly FiredrillEvent[]): Zero {
  const confirmed = events.find((event) => event.kind === "fault.confirmed");
  if (confirmed) return { atMs: confirmed.t, means: "fault confirmed" };
  const applied = events.find((event) => event.kind === "fault.applied");
  if (applied) return { atMs: applied.t, means: "fault applied" };
  const met = events.find((event) => event.kind === "trial.baseline" && event.met);
  if (met) return { atMs: met.t, means: "baseline met" };
  return { atMs: 0, means: "trial began" };
}

function drawnSpan(events: readonly FiredrillEvent[]): [number, number] {
  const phase = (name: EventOf<"trial.phase">["phase"]) =>
    events.find((event) => event.kind === "trial.phase" && event.phase === name)?.t;
  let first = Infinity;
  let last = 0;
  for (const event of events) {
    if (!OBSERVATIONS.has(event.kind)) continue;
    first = Math.min(first, "startedMs" in event ? event.startedMs : event.t);
    last = Math.max(last, event.t);
  }
  const from = Math.min(phase("baseline") ?? Infinity, first);
  const fromMs = Number.isFinite(from) ? from : 0;
  const toMs = Math.max(last, phase("verifying") ?? phase("undoing") ?? 0);
  return [fromMs, Math.max(toMs, fromMs + 1)];
}

/** What a chart shows; building and taking down the stack is left out. */
const OBSERVATIONS: ReadonlySet<FiredrillEvent["kind"]> = new Set([
  "probe.sample",
  "op.ok",
  "op.fail",
  "op.info",
  "fault.confirmed",
  "runbook.step.started",
  "runbook.step.ended",
]);
