import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { judgeRun } from "../harness/gate/judge-run.ts";
import type { Judgement } from "../harness/gate/result.ts";
import type { ScenarioDefinition } from "../harness/scenario/definition.ts";
import { makePlan } from "../harness/scenario/make-plan.ts";
import type { Planned } from "../harness/scenario/make-plan.ts";
import { parseRunOptions } from "../harness/scenario/options.ts";
import { newRunId } from "../harness/scenario/run-id.ts";
import { runPlan } from "../harness/scenario/run.ts";
import type { AgentSpec, ClusterSpec, StackSpec } from "../harness/stack/spec.ts";
import { simTier } from "../harness/tier/sim/sim-tier.ts";
import type { Tier } from "../harness/tier/tier.ts";

export interface Variation {
  /** Default: sim. */
  readonly tier?: Tier;
  readonly seed?: number;
  readonly control?: "placebo" | "no-runbook";
  /** Makes something wrong on purpose, after the plan was checked. */
  readonly spoil?: (planned: Planned) => Planned;
}

/** Rehearses one of our scenarios and judges it. */
export async function rehearse(
  definition: ScenarioDefinition,
  { tier = simTier, seed = 1, control, spoil = (planned) => planned }: Variation = {},
): Promise<Judgement> {
  const flags = ["--seed", String(seed), ...(control === undefined ? [] : ["--control", control])];
  const planned = spoil(
    await makePlan(
      definition,
      tier,
      parseRunOptions(flags, () => 1),
    ),
  );
  const { events, error } = await runPlan({
    planned,
    tier,
    runId: newRunId(),
    runDir: mkdtempSync(join(tmpdir(), "firedrill-scenario-")),
    startedAt: "2026-01-01T00:00:00.000Z",
    keepUntil: null,
    reuse: false,
    signal: new AbortController().signal,
    listener: () => {},
  });
  if (error !== null) throw error;
  return judgeRun(events);
}

/**
 * The plan with one variable set to another value wherever a service has it: in what the sim tier reads, and in
 * a copy of the Compose file, which the compose tier reads.
 */
export function withSetting(name: string, value: string): NonNullable<Variation["spoil"]> {
  return (planned) => {
    const services = Object.entries(planned.stackSpec.services).map(([key, service]) => [
      key,
      name in service.environment
        ? { ...service, environment: { ...service.environment, [name]: value } }
        : service,
    ]);
    const file = changedFile(planned.stackSpec.file, name, value);
    const stackSpec: StackSpec = { ...planned.stackSpec, file, services: Object.fromEntries(services) };
    return { ...planned, stackSpec };
  };
}

function changedFile(original: string, name: string, value: string): string {
  const text = readFileSync(original, "utf8");
  const changed = text.replaceAll(new RegExp(String.raw`(\b${name}: )"[^"]*"`, "g"), `$1"${value}"`);
  if (changed === text) throw new Error(`${original} does not set ${name}`);
  const file = join(mkdtempSync(join(tmpdir(), "firedrill-spoilt-")), "compose.yaml");
  const folder = dirname(original);
  // Paths in the copy still mean the original's neighbours.
  writeFileSync(
    file,
    changed.replaceAll("- ./", `- ${folder}/`).replaceAll("../../../", `${folder}/../../../`),
  );
  return file;
}

/** The plan with its charts installed under other values than theirs: YAML that overrides values.yaml. */
export function withChartValues(yaml: string): NonNullable<Variation["spoil"]> {
  const file = join(mkdtempSync(join(tmpdir(), "firedrill-spoilt-")), "values.yaml");
  writeFileSync(file, yaml);
  return withClusters((cluster) => ({
    ...cluster,
    releases: cluster.releases.map((release) =>
      release.kind === "chart" ? { ...release, valuesFiles: [...release.valuesFiles, file] } : release,
    ),
  }));
}

/** The plan on clusters with other agents. */
export function withAgents(
  change: (agent: AgentSpec, index: number) => AgentSpec,
): NonNullable<Variation["spoil"]> {
  return withClusters((cluster) => ({ ...cluster, agents: cluster.agents.map(change) }));
}

function withClusters(change: (cluster: ClusterSpec) => ClusterSpec): NonNullable<Variation["spoil"]> {
  return (planned) => {
    const { kubernetes } = planned.stackSpec;
    if (kubernetes === null) throw new Error("the stack has no clusters");
    const changed = { clusters: kubernetes.clusters.map(change) };
    return { ...planned, stackSpec: { ...planned.stackSpec, kubernetes: changed } };
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
