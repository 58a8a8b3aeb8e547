import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";

export interface WorkloadEvidence {
  readonly id: string;
  /** Every acknowledged operation of the trial, by the time of its acknowledgement. */
  readonly acknowledged: readonly EventOf<"op.ok">[];
  /** Operations that failed, or of which nobody knows. */
  readonly unsuccessful: readonly EventOf<"op.fail" | "op.info">[];
  readonly history: FinalRead;
}

/** What the system held in the end. */
export type FinalRead =
  | { readonly how: "read"; readonly records: readonly unknown[]; readonly seq: number }
  | { readonly how: "unreadable"; readonly detail: string; readonly seq: number }
  | { readonly how: "absent" };

/** Indexes one trial's operations of one workload. The last attempt to read the history counts. */
export function indexWorkload(id: string, events: readonly FiredrillEvent[]): WorkloadEvidence {
  const acknowledged: EventOf<"op.ok">[] = [];
  const unsuccessful: EventOf<"op.fail" | "op.info">[] = [];
  let history: FinalRead = { how: "absent" };
  for (const event of events) {
    if (!("workload" in event) || event.workload !== id) continue;
    if (event.kind === "op.ok") acknowledged.push(event);
    if (event.kind === "op.fail" || event.kind === "op.info") unsuccessful.push(event);
    if (event.kind === "history.read") history = { how: "read", records: event.records, seq: event.seq };
    if (event.kind === "history.unreadable") {
      history = { how: "unreadable", detail: event.detail, seq: event.seq };
    }
  }
  acknowledged.sort((a, b) => a.t - b.t || a.seq - b.seq);
  return { id, acknowledged, unsuccessful, history };
}
