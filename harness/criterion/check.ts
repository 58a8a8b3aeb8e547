import type { TrialVerdict } from "../gate/result.ts";
import type { TrialEvidence } from "./evidence.ts";
import type { CriterionSpec } from "./spec.ts";
import { verdictsOf } from "./verdict.ts";

type CheckSpec = Extract<CriterionSpec, { kind: "check" }>;

/** Did the scenario's own command end well? One that could not be run to its end decides nothing. */
export function judgeCheck(spec: CheckSpec, evidence: TrialEvidence): TrialVerdict {
  const say = verdictsOf(evidence.trial);
  const results = evidence.checks.filter(({ criterion }) => criterion === spec.id);
  const basis = { samples: results.length, evidence: results.map(({ seq }) => seq) };
  const failed = results.find(({ outcome }) => outcome === "fail");
  if (failed) return say.fail(`${spec.title}: failed (${failed.detail})`, basis);
  const crashed = results.find(({ outcome }) => outcome === "crash");
  if (crashed)
    return say.inconclusive("harness-error", `${spec.title}: did not end (${crashed.detail})`, basis);
  if (results.length === 0) return say.inconclusive("not-run", `${spec.title}: was not run`);
  return say.pass(`${spec.title}: passed`, basis);
}
