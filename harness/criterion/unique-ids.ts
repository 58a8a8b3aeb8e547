import { findDuplicateIds } from "../checker/unique-ids.ts";
import type { TrialVerdict } from "../gate/result.ts";
import type { TrialEvidence } from "./evidence.ts";
import { tooFewOperations } from "./history.ts";
import type { CriterionSpec } from "./spec.ts";
import { verdictsOf } from "./verdict.ts";
import { count } from "./wording.ts";

type UniqueIdsSpec = Extract<CriterionSpec, { kind: "unique-ids" }>;

/** Did every acknowledged operation get an id of its own? */
export function judgeUniqueIds(spec: UniqueIdsSpec, evidence: TrialEvidence): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const workload = evidence.workloads.get(spec.workload);
  if (!workload) return say.inconclusive("no-data", `the plan has no workload ${spec.workload}`);

  const { duplicates, withoutId } = findDuplicateIds(workload.acknowledged);
  const samples = workload.acknowledged.length;
  const [worst] = duplicates;
  if (worst) {
    const operations = worst.operations.map(({ op }) => op).slice(0, 3);
    const claim = `${count(duplicates.length, "id")} of ${spec.workload} given twice, e.g. ${worst.id} to ${operations.join(" and ")} (${count(samples, "operation")})`;
    const seqs = duplicates.flatMap((duplicate) => duplicate.operations.map(({ seq }) => seq));
    return say.fail(claim, { samples, evidence: seqs });
  }
  const tooFew = tooFewOperations(workload, spec.minOps, evidence);
  if (tooFew !== null) return say.inconclusive("too-few-operations", tooFew, { samples });
  if (withoutId.length > 0) {
    const claim = `${withoutId.length} of ${samples} answers of ${spec.workload} have no id`;
    return say.inconclusive("no-data", claim, { samples, evidence: withoutId.map(({ seq }) => seq) });
  }
  const claim = `all ids of ${spec.workload} are different (${count(samples, "operation")})`;
  return say.pass(claim, {
    samples,
    evidence: [workload.acknowledged[0]?.seq, workload.acknowledged.at(-1)?.seq],
  });
}
