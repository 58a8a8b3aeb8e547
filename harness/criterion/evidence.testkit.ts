import { type Draft, sealed } from "../events/events.testkit.ts";
import type { EventBody } from "../events/vocabulary.ts";
import type { Control } from "../scenario/definition.ts";
import type { TrialEvidence } from "./evidence.ts";
import { indexTrial } from "./index-trial.ts";

/** One trial as a test writes it down. Times in ms. */
export interface TrialSketch {
  readonly control?: Control;
  /** The observation begins at 0 and ends here. */
  readonly untilMs: number;
  /** Fault → when it is confirmed; it is applied 100 ms earlier. */
  readonly faults?: Readonly<Record<string, number>>;
  /** Fault → how long it was to last; default: until it is repaired. */
  readonly durations?: Readonly<Record<string, number>>;
  /** Probe → its answers, one each second from 1 s on: `+` good, `-` bad, a space for none. */
  readonly probes?: Readonly<Record<string, string>>;
  /** Anything else, with its time. */
  readonly events?: readonly (readonly [number, EventBody])[];
}

/** How often the probes of a sketch are asked, and how long they wait. */
export const STEP_MS = 1_000;
export const PROBE_TIMEOUT_MS = 500;

/** Index of a sketched trial, made from real events in the order of their times. */
export function evidenceOf(sketch: TrialSketch): TrialEvidence {
  const drafts: Draft[] = [];
  const add = (t: number, body: EventBody) => void drafts.push({ ...body, trial: 1, t } as Draft);
  for (const [fault, confirmedMs] of Object.entries(sketch.faults ?? {})) {
    add(confirmedMs - 100, { kind: "fault.armed", fault, type: "kill", targets: [fault], params: {} });
    add(confirmedMs, { kind: "fault.confirmed", fault, evidence: "exited" });
  }
  for (const [probe, answers] of Object.entries(sketch.probes ?? {})) addAnswers(add, probe, answers);
  for (const [t, body] of sketch.events ?? []) add(t, body);
  const workloads = new Set(drafts.flatMap((draft) => ("workload" in draft ? [draft.workload] : [])));
  const plan = {
    control: sketch.control ?? "none",
    scenario: {
      probes: Object.keys(sketch.probes ?? {}).map((id) => ({
        id,
        everyMs: STEP_MS,
        timeoutMs: PROBE_TIMEOUT_MS,
      })),
      workloads: [...workloads].map((id) => ({ id })),
      faults: Object.keys(sketch.faults ?? {}).map((id) => ({
        id,
        durationMs: sketch.durations?.[id] ?? null,
      })),
      runbook: { onProbe: "api" },
    },
  };
  const events = sealed(drafts.toSorted((a, b) => a.t - b.t));
  return indexTrial(plan, 1, { fromMs: 0, toMs: sketch.untilMs }, events);
}

function addAnswers(add: (t: number, body: EventBody) => void, probe: string, answers: string): void {
  for (const [index, answer] of [...answers].entries()) {
    if (answer === " ") continue;
    const t = (index + 1) * STEP_MS;
    const ok = answer === "+";
    add(t, {
      kind: "probe.sample",
      probe,
      ok,
      startedMs: t - 10,
      latencyMs: 10,
      detail: "",
      value: { depth: index },
    });
  }
}

/** An acknowledged operation, at the time of its acknowledgement. */
export function acknowledged(
  op: string,
  latencyMs = 10,
  value: Record<string, number | string> = {},
): EventBody {
  return { kind: "op.ok", workload: "tasks", op, startedMs: 0, latencyMs, value };
}

/** The final read. */
export function finalRead(...records: Record<string, number | string>[]): EventBody {
  return { kind: "history.read", workload: "tasks", records };
}
