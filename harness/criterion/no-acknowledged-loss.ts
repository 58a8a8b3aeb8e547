import { findLostOperations } from "../checker/acknowledged-loss.ts";
import type { EventOf } from "../events/vocabulary.ts";
import type { TrialVerdict } from "../gate/result.ts";
import { formatDuration } from "../time/duration.ts";
import type { TrialEvidence } from "./evidence.ts";
import { readHistory, tooFewOperations } from "./history.ts";
import type { CriterionSpec } from "./spec.ts";
import { verdictsOf } from "./verdict.ts";
import { count } from "./wording.ts";

type LossSpec = Extract<CriterionSpec, { kind: "no-acknowledged-loss" }>;
type Ack = EventOf<"op.ok">;

/** Is everything that the system acknowledged still there, apart from what the recovery point allows to be lost? */
export function judgeNoAcknowledgedLoss(spec: LossSpec, evidence: TrialEvidence): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const { history, verdict } = readHistory(spec.workload, evidence);
  if (verdict) return verdict;

  const lost = findLostOperations(history.acknowledged, history.records);
  const beyond = lost.filter((ack) => !isTolerated(ack, spec.rpoMs, evidence));
  const samples = history.acknowledged.length;
  const measuredMs = lostBeforeMs(lost, evidence);
  const deciding = beyond.length > 0 ? beyond : lost;
  const basis = { samples, measuredMs, evidence: [history.seq, ...deciding.map(({ seq }) => seq)] };
  const claim = wordLoss(spec, samples, lost, beyond, measuredMs);
  // A proven loss is a counter-example, however few operations there were.
  if (beyond.length > 0) return say.fail(claim, basis);
  const tooFew = tooFewOperations(history.workload, spec.minOps, evidence);
  if (tooFew !== null) return say.inconclusive("too-few-operations", tooFew, basis);
  return say.pass(claim, basis);
}

/** May be lost: acknowledged at most `rpoMs` before a fault was confirmed. */
function isTolerated({ t }: Ack, rpoMs: number, { faults }: TrialEvidence): boolean {
  return rpoMs > 0 && faults.some(({ confirmedMs }) => t <= confirmedMs && t >= confirmedMs - rpoMs);
}

/** The recovery point that was measured: how long before its fault the oldest lost operation was acknowledged. */
function lostBeforeMs(lost: readonly Ack[], { faults }: TrialEvidence): number | null {
  if (lost.length === 0) return 0;
  const ages = lost.flatMap(({ t }) => {
    const next = faults.find(({ confirmedMs }) => confirmedMs >= t);
    return next ? [next.confirmedMs - t] : [];
  });
  return ages.length === 0 ? null : ages.reduce((oldest, age) => Math.max(oldest, age));
}

function wordLoss(
  { workload, rpoMs }: LossSpec,
  total: number,
  lost: readonly Ack[],
  beyond: readonly Ack[],
  oldestMs: number | null,
): string {
  const all = `${count(total, "acknowledged operation")} of ${workload}`;
  const rpo = `recovery point ${formatDuration(rpoMs)}`;
  if (lost.length === 0) return `none of ${all} was lost (${rpo})`;
  const oldest =
    oldestMs === null ? "" : `, the oldest acknowledged ${formatDuration(oldestMs)} before the fault`;
  const excess = beyond.length === 0 ? "" : `, ${beyond.length} of them beyond what is allowed`;
  const first = beyond[0] ? `, e.g. ${beyond[0].op}` : "";
  return `${lost.length} of ${all} ${lost.length === 1 ? "was" : "were"} lost${oldest}${excess}${first} (${rpo})`;
}
