import { canonicalJson } from "../events/canonical-json.ts";
import type { GateJson } from "./gate-schema.ts";
import type { ReportInput } from "./input.ts";
import { runFacts } from "./run-facts.ts";

/** The run's verdict as data: the content of `gate.json` and of `--json`. */
export function gateData(input: ReportInput): GateJson {
  const facts = runFacts(input);
  const { plan } = facts;
  const { decision, reason, criteria, control, hygiene, counts } = input.judgement;
  return {
    schema: 1,
    runId: facts.runId,
    scenario: { name: plan.scenario.name, title: plan.scenario.title },
    tier: plan.tier,
    seed: plan.seed,
    trials: plan.trials,
    plannedControl: plan.control,
    startedAt: facts.startedAt,
    environment: facts.environment,
    planDigest: facts.planDigest,
    stackDigest: plan.stackDigest,
    runbookDigest: plan.runbookDigest,
    decision,
    reason,
    criteria: criteria.map(({ trials, ...criterion }) => ({
      ...criterion,
      trials: trials.map(({ evidence, ...trial }) => ({ ...trial, evidence: [...evidence] })),
    })),
    control,
    hygiene: { clean: hygiene.clean, findings: [...hygiene.findings] },
    counts,
    substitutions: facts.images.flatMap(({ image, use, how, substitution }) =>
      substitution === null ? [] : [{ image, use, how, why: substitution }],
    ),
    approximations: plan.approximations,
    profileNotes: [...(input.metadata?.profileNotes ?? [])],
    replay: facts.replay,
  };
}

/** `gateData` as canonical JSON: the bytes of `gate.json`. */
export function gateJson(input: ReportInput): string {
  return canonicalJson(gateData(input));
}
