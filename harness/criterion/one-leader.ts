import { findLeaderViolations } from "../checker/one-leader.ts";
import type { TrialVerdict } from "../gate/result.ts";
import type { TrialEvidence } from "./evidence.ts";
import { readHistory, tooFewOperations } from "./history.ts";
import type { CriterionSpec } from "./spec.ts";
import { verdictsOf } from "./verdict.ts";
import { count } from "./wording.ts";

type OneLeaderSpec = Extract<CriterionSpec, { kind: "one-leader" }>;

/** Did at most one leader write at any time? */
export function judgeOneLeader(spec: OneLeaderSpec, evidence: TrialEvidence): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const { history, verdict } = readHistory(spec.workload, evidence);
  if (verdict) return verdict;

  const { violations, unreadable } = findLeaderViolations(history.records);
  const samples = history.records.length;
  const basis = { samples, evidence: [history.seq] };
  if (violations.length > 0) {
    const claim = `two leaders wrote to ${spec.workload}: ${violations[0]} (${count(violations.length, "violation")} in ${count(samples, "record")})`;
    return say.fail(claim, basis);
  }
  const tooFew = tooFewOperations(history.workload, spec.minOps, evidence);
  if (tooFew !== null) return say.inconclusive("too-few-operations", tooFew, basis);
  if (unreadable > 0 || samples === 0) {
    const claim = `${unreadable} of ${count(samples, "record")} of ${spec.workload} name no writer and token`;
    return say.inconclusive("no-data", claim, basis);
  }
  return say.pass(`never two leaders at a time in ${count(samples, "record")} of ${spec.workload}`, basis);
}
