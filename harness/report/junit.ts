import type { CriterionResult } from "../gate/result.ts";
import type { ReportInput } from "./input.ts";
import { escapeMarkup } from "./plain-text.ts";
import { type RunFacts, runFacts } from "./run-facts.ts";

/**
 * The content of `junit.xml`, in the dialect that Jenkins and GitLab both read: one flat suite, a case per
 * criterion, `time` in seconds. A missing verdict is a `<failure type="inconclusive">`: `<skipped>` would turn
 * a HOLD green. Never empty: what could not be judged is an `<error>`.
 */
export function junitXml(input: ReportInput): string {
  const facts = runFacts(input);
  const cases = [
    ...facts.failures.map((failure) => failureCase(failure, facts)),
    ...criterionCases(input, facts),
  ];
  if (cases.length === 0) {
    const message = "the scenario has no exit criteria, so nothing was judged";
    cases.push({
      outcome: "error",
      xml: testCase(facts, "exit criteria", 0, problem("error", "no-criteria", message, message)),
    });
  }
  const failures = cases.filter(({ outcome }) => outcome === "failure").length;
  const errors = cases.filter(({ outcome }) => outcome === "error").length;
  const totals = attributes({
    name: facts.plan.scenario.name,
    tests: cases.length,
    failures,
    errors,
    skipped: 0,
    time: seconds(recordedMs(input)),
  });
  const suite = `<testsuite${totals}${attributes({ timestamp: facts.startedAt.replace(/(\.\d+)?Z$/, "") })}>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${totals}>`,
    `  ${suite}`,
    ...cases.map(({ xml }) => xml),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

interface Case {
  readonly outcome: "passed" | "failure" | "error";
  readonly xml: string;
}

function failureCase({ code, message, hint }: RunFacts["failures"][number], facts: RunFacts): Case {
  const body = hint === null ? message : `${message}\n${hint}`;
  return {
    outcome: "error",
    xml: testCase(facts, "the run itself", 0, problem("error", code, message, body)),
  };
}

function criterionCases(input: ReportInput, facts: RunFacts): Case[] {
  const timeMs = recordedMs(input);
  return input.judgement.criteria.map((criterion) => {
    const { outcome, type } = outcomeOf(criterion);
    const properties = propertiesOf(criterion, facts);
    const name = `${criterion.id} — ${criterion.title}`;
    if (outcome === "passed") return { outcome, xml: testCase(facts, name, timeMs, properties) };
    const body = criterion.trials
      .map((trial) => `trial ${trial.trial}: ${trial.verdict}: ${trial.claim}`)
      .join("\n");
    const content = `${properties}${problem(outcome, type, criterion.claim, body)}${EVIDENCE}`;
    return { outcome, xml: testCase(facts, name, timeMs, content) };
  });
}

/** GitLab shows this as a link beside a failed case. */
const EVIDENCE = "      <system-out>[[ATTACHMENT|events.jsonl]]</system-out>\n";

function outcomeOf({ verdict, trials }: CriterionResult): { outcome: Case["outcome"]; type: string } {
  if (verdict === "pass") return { outcome: "passed", type: "" };
  if (verdict === "fail") return { outcome: "failure", type: "fail" };
  const harness = trials.some(({ reason }) => reason === "harness-error");
  return harness ? { outcome: "error", type: "harness-error" } : { outcome: "failure", type: "inconclusive" };
}

function propertiesOf({ verdict, kind, trials }: CriterionResult, { plan }: RunFacts): string {
  const passed = trials.filter((trial) => trial.verdict === "pass").length;
  const measured = trials.flatMap(({ measuredMs }) => (measuredMs === null ? [] : [measuredMs]));
  const values = {
    verdict,
    kind,
    tier: plan.tier,
    control: plan.control,
    seed: plan.seed,
    "trials-passed": `${passed}/${trials.length}`,
    samples: trials.reduce((sum, { samples }) => sum + samples, 0),
    ...(measured.length === 0 ? {} : { "worst-measured-ms": Math.max(...measured) }),
  };
  const lines = Object.entries(values).map(
    ([name, value]) => `        <property${attributes({ name, value })}/>\n`,
  );
  return `      <properties>\n${lines.join("")}      </properties>\n`;
}

function problem(element: "failure" | "error", type: string, message: string, body: string): string {
  return `      <${element}${attributes({ type, message: message.replace(/\s+/g, " ") })}>${escapeMarkup(body)}</${element}>\n`;
}

function testCase({ plan, scenarioPath }: RunFacts, name: string, timeMs: number, content: string): string {
  const head = attributes({ classname: plan.scenario.name, name, file: scenarioPath, time: seconds(timeMs) });
  return `    <testcase${head}>\n${content}    </testcase>`;
}

/** How long the trials were recorded: each criterion is judged from the whole of it. */
function recordedMs({ events }: ReportInput): number {
  const ends = new Map<number, number>();
  for (const { trial, t } of events) if (trial !== 0) ends.set(trial, Math.max(ends.get(trial) ?? 0, t));
  return [...ends.values()].reduce((sum, end) => sum + end, 0);
}

/** With a dot and without grouping, whatever the locale. */
const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeMarkup(String(value))}"`)
    .join("");
}
