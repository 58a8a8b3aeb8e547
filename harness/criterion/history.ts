import type { EventOf } from "../events/vocabulary.ts";
import type { TrialVerdict } from "../gate/result.ts";
import type { TrialEvidence } from "./evidence.ts";
import { verdictsOf } from "./verdict.ts";
import type { WorkloadEvidence } from "./workload-evidence.ts";

/** What a check of a history works on. */
export interface ReadHistory {
  readonly workload: WorkloadEvidence;
  /** Acknowledged before the final read was answered; an operation that ended later may rightly not be in it. */
  readonly acknowledged: readonly EventOf<"op.ok">[];
  readonly records: readonly unknown[];
  /** Sequence number of the final read. */
  readonly seq: number;
}

export type HistoryOutcome =
  | { readonly history: ReadHistory; readonly verdict: null }
  | { readonly history: null; readonly verdict: TrialVerdict };

/** A workload's operations and final read, or the verdict when there is nothing to check. */
export function readHistory(workloadId: string, evidence: TrialEvidence): HistoryOutcome {
  const say = verdictsOf(evidence.trial);
  const workload = evidence.workloads.get(workloadId);
  if (!workload || workload.history.how === "absent") {
    const claim = `what the system holds of ${workloadId} was never read back`;
    return { history: null, verdict: say.inconclusive("no-data", claim) };
  }
  const { history } = workload;
  if (history.how === "unreadable") {
    const claim = `what the system holds of ${workloadId} could not be read: ${history.detail}`;
    return { history: null, verdict: say.inconclusive("no-data", claim, { evidence: [history.seq] }) };
  }
  const acknowledged = workload.acknowledged.filter(({ seq }) => seq < history.seq);
  return { history: { workload, acknowledged, records: history.records, seq: history.seq }, verdict: null };
}

/**
 * The floors below which a clean history proves nothing, as a claim; null: enough was done, and enough of it
 * after something was broken.
 */
export function tooFewOperations(
  workload: WorkloadEvidence,
  minOps: number,
  evidence: TrialEvidence,
): string | null {
  const { id, acknowledged } = workload;
  if (acknowledged.length < Math.max(1, minOps)) {
    return `only ${acknowledged.length} operations of ${id} were acknowledged (at least ${Math.max(1, minOps)} are needed)`;
  }
  const [first] = evidence.faults;
  if (first && !acknowledged.some(({ t }) => t >= first.confirmedMs)) {
    return `no operation of ${id} was acknowledged after the fault: nothing was tested`;
  }
  return null;
}
