import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeRun } from "../harness/gate/judge-run.ts";
import type { Judgement } from "../harness/gate/result.ts";
import type { ScenarioDefinition } from "../harness/scenario/definition.ts";
import { makePlan } from "../harness/scenario/make-plan.ts";
import type { Planned } from "../harness/scenario/make-plan.ts";
import { parseRunOptions } from "../harness/scenario/options.ts";
import { runPlan } from "../harness/scenario/run.ts";
import type { StackSpec } from "../harness/stack/spec.ts";
import { simTier } from "../harness/tier/sim/sim-tier.ts";

export interface Variation {
  readonly seed?: number;
  readonly control?: "placebo" | "no-runbook";
  /** Makes something wrong on purpose, after the plan was checked. */
  readonly spoil?: (planned: Planned) => Planned;
}

/** Rehearses one of our scenarios on the sim tier and judges it. */
export async function rehearse(
  definition: ScenarioDefinition,
  { seed = 1, control, spoil = (planned) => planned }: Variation = {},
): Promise<Judgement> {
  const flags = ["--seed", String(seed), ...(control === undefined ? [] : ["--control", control])];
  const planned = spoil(
    await makePlan(
      definition,
      simTier,
      parseRunOptions(flags, () => 1),
    ),
  );
  const { events, error } = await runPlan({
    planned,
    tier: simTier,
    runId: "test00",
    runDir: mkdtempSync(join(tmpdir(), "firedrill-scenario-")),
    startedAt: "2026-01-01T00:00:00.000Z",
    keepUntil: null,
    signal: new AbortController().signal,
    listener: () => {},
  });
  if (error !== null) throw error;
  return judgeRun(events);
}

/** The plan with one variable set to another value wherever a service has it. */
export function withSetting(name: string, value: string): NonNullable<Variation["spoil"]> {
  return (planned) => {
    const services = Object.entries(planned.stackSpec.services).map(([key, service]) => [
      key,
      name in service.environment
        ? { ...service, environment: { ...service.environment, [name]: value } }
        : service,
    ]);
    const stackSpec: StackSpec = { ...planned.stackSpec, services: Object.fromEntries(services) };
    return { ...planned, stackSpec };
  };
}

/** The plan with a runbook that leaves this step out. */
export function withoutStep(id: string): NonNullable<Variation["spoil"]> {
  return (planned) => {
    if (planned.runbook === null) throw new Error("there is no runbook");
    const steps = planned.runbook.steps.filter((step) => step.id !== id);
    if (steps.length === planned.runbook.steps.length) throw new Error(`there is no step ${id}`);
    return { ...planned, runbook: { ...planned.runbook, steps } };
  };
}

/** Ids of the criteria that did not pass. */
export function notPassed({ criteria }: Judgement): string[] {
  return criteria.filter(({ verdict }) => verdict !== "pass").map(({ id }) => id);
}
