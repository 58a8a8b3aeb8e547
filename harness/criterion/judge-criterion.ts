import type { TrialVerdict } from "../gate/result.ts";
import { judgeCheck } from "./check.ts";
import { judgeContinuity } from "./continuity.ts";
import { judgeDetection } from "./detection.ts";
import type { TrialEvidence } from "./evidence.ts";
import { judgeNoAcknowledgedLoss } from "./no-acknowledged-loss.ts";
import { judgeOneLeader } from "./one-leader.ts";
import { judgeRecovery } from "./recovery.ts";
import { judgeRunbook } from "./runbook.ts";
import type { CriterionKind, CriterionSpec } from "./spec.ts";
import { judgeThreshold } from "./threshold.ts";
import { judgeUniqueIds } from "./unique-ids.ts";
import { verdictsOf } from "./verdict.ts";

/** One judge per kind. */
export type Judges = {
  readonly [Kind in CriterionKind]: (
    spec: Extract<CriterionSpec, { kind: Kind }>,
    evidence: TrialEvidence,
  ) => TrialVerdict;
};

export const JUDGES: Judges = {
  recovery: judgeRecovery,
  detection: judgeDetection,
  continuity: judgeContinuity,
  threshold: judgeThreshold,
  "no-acknowledged-loss": judgeNoAcknowledgedLoss,
  "unique-ids": judgeUniqueIds,
  "one-leader": judgeOneLeader,
  check: judgeCheck,
  runbook: judgeRunbook,
};

/** Judges one criterion of one trial. A judge that throws has decided nothing: inconclusive, with its message kept. */
export function judgeCriterion(
  spec: CriterionSpec,
  evidence: TrialEvidence,
  judges: Judges = JUDGES,
): TrialVerdict {
  try {
    // The table pairs each kind with its own judge, which the compiler can't follow through the index.
    const judge = judges[spec.kind] as (spec: CriterionSpec, evidence: TrialEvidence) => TrialVerdict;
    return judge(spec, evidence);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const claim = `the judge of ${spec.id} (${spec.kind}) crashed: ${message}`;
    return verdictsOf(evidence.trial).inconclusive("harness-error", claim);
  }
}
