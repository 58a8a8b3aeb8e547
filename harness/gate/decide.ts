import { count } from "../criterion/wording.ts";
import { sentence } from "./claim.ts";
import { mergeVerdicts, worstTrial } from "./merge.ts";
import type { CriterionResult, Decision, Judgement, Verdict } from "./result.ts";

/** More than this many claims nobody can listen to. */
const CLAIMS_READ_ALOUD = 3;

/** Any failure is NO-GO; else anything undecided is HOLD; GO is for criteria that all passed, and of which there is one. */
export function decide(criteria: readonly CriterionResult[]): Pick<Judgement, "decision" | "reason"> {
  if (criteria.length === 0) {
    return { decision: "hold", reason: "Nothing was demanded: a scenario without criteria can't be GO." };
  }
  const worst = mergeVerdicts(criteria.map(({ verdict }) => verdict));
  return { decision: DECISION[worst], reason: wordDecision(worst, criteria) };
}

const DECISION: Readonly<Record<Verdict, Decision>> = { fail: "no-go", inconclusive: "hold", pass: "go" };

function wordDecision(worst: Verdict, criteria: readonly CriterionResult[]): string {
  const concerned = criteria.filter(({ verdict }) => verdict === worst);
  const share = `${concerned.length} of ${count(criteria.length, "criterion", "criteria")}`;
  switch (worst) {
    case "fail":
      return `${share} failed${readAloud(concerned)}`;
    case "inconclusive":
      return `Nothing failed, but ${share} could not be decided${readAloud(concerned)}`;
    case "pass":
      return `${criteria.length === 1 ? "The one criterion" : `All ${criteria.length} criteria`} passed. ${leadingClaim(criteria)}`;
  }
}

/** Each criterion by name with its claim; those that say the same are named together, and not at all when they are all of them. */
function readAloud(criteria: readonly CriterionResult[]): string {
  const byClaim = Map.groupBy(criteria, (result) => worstTrial(result.trials)?.claim ?? result.claim);
  const [only] = byClaim.keys();
  if (byClaim.size === 1 && criteria.length > 1 && only !== undefined) return `: ${sentence(only)}`;
  const spoken = [...byClaim]
    .slice(0, CLAIMS_READ_ALOUD)
    .map(([claim, its]) => sentence(`${its.map(({ id }) => id).join(", ")}: ${claim}`));
  const unspoken = byClaim.size - spoken.length;
  if (unspoken > 0) spoken.push(`And ${count(unspoken, "more finding")} in the report.`);
  return `. ${spoken.join(" ")}`;
}

/** The figure people ask for first: that of a recovery, else of the first criterion that measured something. */
function leadingClaim(criteria: readonly CriterionResult[]): string {
  const measured = criteria.filter(({ trials }) => trials.some(({ measuredMs }) => measuredMs !== null));
  const leading = criteria.find(({ kind }) => kind === "recovery") ?? measured[0] ?? criteria[0];
  return leading ? `${leading.id}: ${leading.claim}` : "";
}
