import { readFileSync } from "node:fs";
import { FiredrillError } from "../error.ts";
import { digest } from "../events/digest.ts";
import { checkComposition } from "../fault/composition.ts";
import { checkMockFaults } from "../fault/mock/check.ts";
import { lintRunbook } from "../runbook/lint.ts";
import { parseRunbook, type Runbook } from "../runbook/parse.ts";
import { isFor } from "../runbook/runbook.ts";
import { clusterQuestion } from "../stack/cluster-question.ts";
import { readStack } from "../stack/read-stack.ts";
import { servicesOfRole } from "../stack/roles.ts";
import type { StackSpec } from "../stack/spec.ts";
import { stackSources } from "../stack/stack-sources.ts";
import type { Tier, TierName } from "../tier/tier.ts";
import type { ScenarioDefinition } from "./definition.ts";
import type { RunOptions } from "./options.ts";
import type { Plan } from "./plan.ts";

/** A plan together with what was read from disk to make it. */
export interface Planned {
  readonly plan: Plan;
  readonly stackSpec: StackSpec;
  /** With the steps for the plan's tier alone. */
  readonly runbook: Runbook | null;
}

/**
 * Checks everything that can be known before anything is touched (`adopted`: instead of a Compose file): the stack's file, the names of roles, services and
 * probes, what the tier can do, which faults exclude each other. @throws USAGE_STACK, USAGE_RUNBOOK, USAGE_FAULT,
 * USAGE_SELECTION
 */
export async function makePlan(
  scenario: ScenarioDefinition,
  tier: Tier,
  options: RunOptions,
  adopted: StackSpec | null = null,
): Promise<Planned> {
  checkCapabilities(scenario, tier);
  const stackSpec = adopted ?? (await readStack(scenario.stackFile, tier.name));
  for (const fault of scenario.faults) {
    servicesOfRole(stackSpec, fault.on);
    if (fault.from !== null) servicesOfRole(stackSpec, fault.from);
  }
  checkUrls(scenario, stackSpec);
  const runbook = scenario.runbook && readRunbook(scenario.runbook.file);
  if (runbook) checkRunbook(runbook, scenario, stackSpec, tier.name);
  await checkMockFaults(scenario.faults, stackSpec);
  checkFaults(scenario, stackSpec);
  checkCalls(scenario, tier);
  const plan = planOf(scenario, tier, options, stackSpec, runbook);
  return {
    plan,
    stackSpec,
    runbook: runbook && { ...runbook, steps: runbook.steps.filter((step) => isFor(step, tier.name)) },
  };
}

function planOf(
  scenario: ScenarioDefinition,
  tier: Tier,
  { control, seed, trials }: RunOptions,
  stackSpec: StackSpec,
  runbook: Runbook | null,
): Plan {
  return {
    schema: 1,
    scenario,
    stackDigest: stackDigest(stackSpec),
    runbookDigest: runbook && runbook.digest,
    tier: tier.name,
    control,
    seed,
    trials,
    approximations: approximations(scenario, tier),
  };
}

/** Of every file that defines the stack, each with its length, so that no two lists of files look the same. */
function stackDigest(spec: StackSpec): string {
  const sources = stackSources(spec).map((file) => readFileSync(file));
  if (sources.length === 1) return digest(sources[0]!);
  if (sources.length === 0) return digest(JSON.stringify(spec));
  return digest(Buffer.concat(sources.flatMap((source) => [Buffer.from(`${source.length}:`), source])));
}

function approximations(scenario: ScenarioDefinition, tier: Tier): Record<string, string> {
  const entries = scenario.faults.flatMap(({ kind }) => {
    const capability = tier.capabilities[kind];
    return capability.grade === "approximate" ? [[kind, capability.reason] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** What the tier can't do is refused with its reason, before anything else is found wrong with the stack. */
function checkCapabilities(scenario: ScenarioDefinition, tier: Tier): void {
  for (const { id, kind } of scenario.faults) {
    const capability = tier.capabilities[kind];
    if (capability.grade !== "impossible") continue;
    throw new FiredrillError("USAGE_FAULT", `the ${tier.name} tier can't show fault "${id}" (${kind})`, {
      received: `--tier ${tier.name}`,
      expected: `a tier that can; here: ${capability.reason}`,
      hint: "firedrill tiers prints what each tier can do",
    });
  }
}

function checkFaults(scenario: ScenarioDefinition, stackSpec: StackSpec): void {
  const [conflict] = checkComposition(scenario.faults, (name) => servicesOfRole(stackSpec, name));
  if (conflict) {
    throw new FiredrillError(
      "USAGE_FAULT",
      `faults "${conflict.first}" and "${conflict.second}" exclude each other`,
      {
        received: conflict.reason,
        expected: "faults on one target that stack, merge or follow one another",
        hint: "give the first a duration that ends before the second begins, or hit another target",
      },
    );
  }
}

/** A function of the scenario's own runs in real time, which the sim tier does not have. */
function checkCalls(scenario: ScenarioDefinition, tier: Tier): void {
  const call = scenario.probes.find(({ kind }) => kind === "call");
  if (call === undefined || tier.name !== "sim") return;
  throw new FiredrillError(
    "USAGE_SCENARIO",
    `probe "${call.id}" calls a function, and the sim tier can't wait for it`,
    {
      received: "--tier sim",
      expected: "probe.http on sim, or a real tier",
      hint: "run with --tier compose",
    },
  );
}

/** Probes and workloads may only ask services of the stack, at ports that these listen on; probes its clusters too. */
function checkUrls(scenario: ScenarioDefinition, stack: StackSpec): void {
  const asked = [
    ...scenario.probes.flatMap((probe) =>
      probe.kind === "http" && clusterQuestion(probe.url, stack) === null
        ? [{ field: `probes.${probe.id}`, url: probe.url }]
        : [],
    ),
    ...scenario.workloads.flatMap(({ id, url, readBackUrl }) => [
      { field: `workload.${id}`, url },
      { field: `workload.${id}.readBack`, url: readBackUrl },
    ]),
  ];
  for (const { field, url } of asked) {
    const { hostname, port } = new URL(url);
    const service = stack.services[hostname];
    if (service?.ports.includes(Number(port || 80))) continue;
    const reachable = Object.values(stack.services).flatMap((it) => it.ports.map((at) => `${it.name}:${at}`));
    throw new FiredrillError("USAGE_SCENARIO", `${field} asks nobody in this stack`, {
      received: url,
      expected: `a service and one of its ports: ${reachable.join(", ") || "but no service lists a port"}`,
      hint: service
        ? `list the port under \`ports\` or \`expose\` of ${hostname}`
        : "correct the service's name",
    });
  }
}

function readRunbook(file: string): Runbook {
  try {
    return parseRunbook(readFileSync(file, "utf8"), file);
  } catch (cause) {
    if (cause instanceof FiredrillError) throw cause;
    throw new FiredrillError("USAGE_RUNBOOK", "the runbook can't be read", {
      received: file,
      expected: "a Markdown file; the path is relative to the scenario's own folder",
      cause,
    });
  }
}

function checkRunbook(
  runbook: Runbook,
  scenario: ScenarioDefinition,
  stack: StackSpec,
  tier: TierName,
): void {
  const [finding] = lintRunbook(runbook, {
    tier,
    services: Object.keys(stack.services),
    roles: Object.keys(stack.roles),
    probes: scenario.probes.map(({ id }) => id),
  }).filter(({ severity }) => severity === "error");
  if (!finding) return;
  throw new FiredrillError("USAGE_RUNBOOK", `${runbook.file}:${finding.line}: ${finding.message}`, {
    ...(finding.received === undefined ? {} : { received: finding.received }),
    ...(finding.expected === undefined ? {} : { expected: finding.expected }),
    hint: "correct the runbook at that line",
  });
}
