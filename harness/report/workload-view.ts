import type { FiredrillEvent } from "../events/vocabulary.ts";
import { type Gap, longestGap } from "./gap.ts";
import type { PlanView } from "./plan-view.ts";

/** Acknowledged, refused, or nobody knows. */
export type Outcome = "ok" | "fail" | "info";

export interface Operation {
  readonly outcome: Outcome;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly latencyMs: number;
}

/** One workload's operations in one trial, by the time they began. */
export interface WorkloadView {
  readonly id: string;
  readonly url: string;
  readonly everyMs: number;
  readonly operations: readonly Operation[];
  /** Begun and never ended, because the trial was cut off. */
  readonly unfinished: number;
  /** The longest time between two acknowledgements; null with fewer than two. */
  readonly longestGap: Gap | null;
}

/** Workloads in the order of the plan; one that the plan does not know comes last. */
export function workloadViews(events: readonly FiredrillEvent[], plan: PlanView): WorkloadView[] {
  const operations = new Map<string, Operation[]>();
  const begun = new Map<string, number>();
  for (const event of events) {
    if (event.kind === "op.invoke") begun.set(event.workload, (begun.get(event.workload) ?? 0) + 1);
    if (event.kind !== "op.ok" && event.kind !== "op.fail" && event.kind !== "op.info") continue;
    const { workload, startedMs, latencyMs, t } = event;
    const operation = { outcome: event.kind.slice(3) as Outcome, startedMs, endedMs: t, latencyMs };
    const of = operations.get(workload);
    if (of === undefined) operations.set(workload, [operation]);
    else of.push(operation);
  }
  const ids = new Set([
    ...plan.scenario.workloads.map(({ id }) => id),
    ...begun.keys(),
    ...operations.keys(),
  ]);
  return [...ids].map((id) => {
    const spec = plan.scenario.workloads.find((workload) => workload.id === id);
    const own = (operations.get(id) ?? []).toSorted((a, b) => a.startedMs - b.startedMs);
    const unfinished = Math.max(0, (begun.get(id) ?? 0) - own.length);
    return {
      id,
      url: spec?.url ?? "",
      everyMs: spec?.everyMs ?? 0,
      operations: own,
      unfinished,
      longestGap: longestGap(own.filter(({ outcome }) => outcome === "ok").map(({ endedMs }) => endedMs)),
    };
  });
}
