import { basename, dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { CriterionSpec } from "../criterion/spec.ts";
import { FiredrillError } from "../error.ts";
import { parseFaultParams } from "../fault/registry.ts";
import { parseDurationMs } from "../time/duration.ts";
import { type CheckedCard, type ScenarioCard, scenarioCard } from "./card.ts";
import type { FaultSpec, ProbeSpec, ScenarioDefinition, WorkloadSpec } from "./definition.ts";

/**
 * Checks a card and fills every default in. `moduleUrl` is the scenario's `import.meta.url`; paths in the
 * card are relative to it. @throws USAGE_SCENARIO, USAGE_FAULT
 */
export function defineScenario(moduleUrl: string, card: ScenarioCard): ScenarioDefinition {
  const file = fileURLToPath(moduleUrl);
  const checked = checkCard(file, card);
  const from = (path: string) => resolve(dirname(file), path);
  const definition: ScenarioDefinition = {
    name: basename(file).replace(/\.[^.]+$/, ""),
    title: checked.title,
    file,
    stackFile: from(checked.stack),
    probes: Object.entries(checked.probes).map(probeSpec),
    workloads: Object.entries(checked.workload).map(workloadSpec),
    faults: nameFaults(checked.faults).map(faultSpec),
    runbook: checked.runbook && {
      file: from(checked.runbook.file),
      afterFault: checked.runbook.after?.slice("fault:".length) ?? null,
      onProbe: checked.runbook.startsOn,
      reactionMs: parseDurationMs(checked.runbook.reaction),
    },
    criteria: criterionSpecs(checked),
    baselineMs: parseDurationMs(checked.baseline),
    settleMs: parseDurationMs(checked.settle),
    maxMs: parseDurationMs(checked.max),
    kubernetesTimes: checked.kubernetesTimes,
  };
  checkReferences(definition);
  return Object.freeze(definition);
}

function checkCard(file: string, card: ScenarioCard): CheckedCard {
  const parsed = scenarioCard.safeParse(card);
  if (parsed.success) return parsed.data;
  throw new FiredrillError("USAGE_SCENARIO", `${basename(file)}: ${z.prettifyError(parsed.error)}`, {
    received: file,
    expected: "title, stack, probes; optional: workload, faults, runbook, criteria, baseline, settle, max",
    hint: "correct the field named above; README.md, “Write your own scenario”, shows a whole one",
  });
}

function probeSpec([id, card]: [string, CheckedCard["probes"][string]]): ProbeSpec {
  const everyMs = positive(parseDurationMs(card.every), `probes.${id}.every`);
  const timeoutMs = positive(parseDurationMs(card.timeout), `probes.${id}.timeout`);
  const schedule = { id, everyMs, timeoutMs };
  if (card.kind === "call") return { kind: "call", ...schedule, call: card.call };
  return { kind: "http", ...schedule, url: card.url, expectStatus: card.status, expectJson: card.json };
}

function workloadSpec([id, card]: [string, CheckedCard["workload"][string]]): WorkloadSpec {
  return {
    id,
    kind: "http",
    url: card.url,
    body: card.body,
    everyMs: positive(parseDurationMs(card.every), `workload.${id}.every`),
    timeoutMs: positive(parseDurationMs(card.timeout), `workload.${id}.timeout`),
    readBackUrl: card.readBack,
  };
}

function positive(ms: number, field: string): number {
  if (ms > 0) return ms;
  throw new FiredrillError("USAGE_SCENARIO", `${field} must be longer than zero`, { received: `${ms} ms` });
}

type FaultCard = CheckedCard["faults"][number];

/** A fault without an id is called `<kind>-<on>`; a second one of that name gets `-2`. */
function nameFaults(faults: readonly FaultCard[]): (FaultCard & { id: string })[] {
  const taken = new Map<string, number>();
  return faults.map((card) => {
    const name = card.id ?? `${card.kind}-${card.on}`;
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return { ...card, id: count === 1 ? name : `${name}-${count}` };
  });
}

function faultSpec(card: FaultCard & { id: string }): FaultSpec {
  return {
    id: card.id,
    kind: card.kind,
    on: card.on,
    pick: card.pick,
    from: card.from,
    params: parseFaultParams(card.kind, card.params),
    after: { event: card.after as FaultSpec["after"]["event"], delayMs: parseDurationMs(card.delay) },
    durationMs: card.duration === null ? null : parseDurationMs(card.duration),
    ttlMs: parseDurationMs(card.ttl),
  };
}

function criterionSpecs(card: CheckedCard): CriterionSpec[] {
  const written = Object.entries(card.criteria).map(([id, criterion]) => criterionSpec(id, criterion));
  if ("runbook" in card.criteria) {
    throw new FiredrillError("USAGE_SCENARIO", 'no criterion may be called "runbook"', {
      received: "criteria.runbook",
      expected: "another name: every scenario with a runbook has this criterion already",
    });
  }
  if (card.runbook === null) return written;
  return [...written, { id: "runbook", kind: "runbook", runbook: basename(card.runbook.file) }];
}

function criterionSpec(id: string, card: CheckedCard["criteria"][string]): CriterionSpec {
  switch (card.kind) {
    case "recovery": {
      const { within, hold, ...rest } = card;
      return { id, ...rest, withinMs: parseDurationMs(within), holdMs: parseDurationMs(hold) };
    }
    case "detection": {
      const { within, ...rest } = card;
      return { id, ...rest, withinMs: parseDurationMs(within) };
    }
    case "continuity":
      return { id, kind: card.kind, of: card.of, maxGapMs: parseDurationMs(card.maxGap) };
    case "threshold":
      return {
        id,
        kind: card.kind,
        of: card.of,
        metric: card.metric,
        quantile: card.quantile,
        ...limitOf(id, card),
        sustainedMs: parseDurationMs(card.sustainedFor),
      };
    case "no-acknowledged-loss": {
      const { rpo, ...rest } = card;
      return { id, ...rest, rpoMs: parseDurationMs(rpo) };
    }
    case "check": {
      const { timeout, ...rest } = card;
      return { id, ...rest, timeoutMs: parseDurationMs(timeout) };
    }
    case "unique-ids":
    case "one-leader":
      return { id, ...card };
  }
}

function limitOf(id: string, card: { atMost?: number | undefined; atLeast?: number | undefined }) {
  if (card.atMost !== undefined && card.atLeast === undefined) {
    return { limit: card.atMost, direction: "at-most" as const };
  }
  if (card.atLeast !== undefined && card.atMost === undefined) {
    return { limit: card.atLeast, direction: "at-least" as const };
  }
  throw new FiredrillError("USAGE_SCENARIO", `criteria.${id} needs exactly one limit`, {
    received: JSON.stringify(card),
    expected: "either atMost or atLeast",
  });
}

/** Every name that the card refers to must exist: a criterion on a misspelt probe would never be judged. */
function checkReferences(definition: ScenarioDefinition): void {
  const probes = definition.probes.map(({ id }) => id);
  const workloads = definition.workloads.map(({ id }) => id);
  const faults = definition.faults.map(({ id }) => id);
  const need = (name: string, among: readonly string[], field: string) => {
    if (among.includes(name)) return;
    throw new FiredrillError("USAGE_SCENARIO", `${field} names nothing in this scenario`, {
      received: JSON.stringify(name),
      expected:
        among.length > 0
          ? `one of ${among.join(", ")}`
          : "a name, but the scenario defines none of that sort",
    });
  };
  for (const criterion of definition.criteria) {
    const field = `criteria.${criterion.id}`;
    if ("probe" in criterion) need(criterion.probe, probes, field);
    if ("workload" in criterion) need(criterion.workload, workloads, field);
    if ("of" in criterion) need(criterion.of, [...probes, ...workloads], field);
    if ("fault" in criterion && criterion.fault !== null) need(criterion.fault, faults, `${field}.fault`);
  }
  for (const fault of definition.faults) {
    if (fault.after.event === "baseline") continue;
    need(
      fault.after.event.slice("fault:".length),
      faults.slice(0, faults.indexOf(fault.id)),
      `faults.${fault.id}.after`,
    );
  }
  if (definition.runbook) need(definition.runbook.onProbe, probes, "runbook.startsOn");
  if (definition.runbook?.afterFault != null) need(definition.runbook.afterFault, faults, "runbook.after");
}

/** The scenario's path as a person types it: relative to where they stand. */
export function scenarioPath(definition: ScenarioDefinition, cwd = process.cwd()): string {
  return relative(cwd, definition.file).split(sep).join("/");
}
