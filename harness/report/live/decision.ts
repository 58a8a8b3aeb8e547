import { createColors } from "picocolors";
import type { Decision, Verdict } from "../../gate/result.ts";
import type { ReportInput } from "../input.ts";
import { nextStep, whatIsMissing } from "../next-step.ts";
import { oneLine } from "../plain-text.ts";
import { runFacts } from "../run-facts.ts";
import type { Tone } from "../story/line.ts";
import { count, DECISION_MARKS, DECISION_WORDS, VERDICT_MARKS } from "../words.ts";
import { tonePaint } from "./layout.ts";

export interface DecisionBlockInput extends ReportInput {
  /** As the person can open it from where they are. */
  readonly reportPath: string;
  /** Default false. */
  readonly color?: boolean;
}

const DECISION_TONES: Readonly<Record<Decision, Tone>> = { go: "good", "no-go": "bad", hold: "unsure" };
const VERDICT_TONES: Readonly<Record<Verdict, Tone>> = { pass: "good", fail: "bad", inconclusive: "unsure" };

/** The end of a run on the terminal: the verdict line by line, the decision, and last the report's path. */
export function decisionBlock(input: DecisionBlockInput): string {
  const { judgement, reportPath } = input;
  const facts = runFacts(input);
  const colors = createColors(input.color ?? false);
  const wide = Math.max(0, ...judgement.criteria.map(({ id }) => id.length));
  const lines = judgement.criteria.map(({ id, verdict, claim }) => {
    const paint = tonePaint(VERDICT_TONES[verdict], colors);
    return `  ${paint(`${VERDICT_MARKS[verdict]} ${verdict.padEnd(12)}`)} ${id.padEnd(wide)}  ${oneLine(claim)}`;
  });
  const findings = judgement.hygiene.findings.map((finding) => `            ${oneLine(finding)}`);
  lines.push(
    "",
    `  clean-up  ${judgement.hygiene.clean ? "nothing was left behind" : colors.yellow("something was left behind:")}`,
    ...findings,
  );
  if (judgement.control)
    lines.push(`  control   ${judgement.control.kind}: ${oneLine(judgement.control.finding)}`);
  const paint = tonePaint(DECISION_TONES[judgement.decision], colors);
  const word = `${DECISION_MARKS[judgement.decision]} ${DECISION_WORDS[judgement.decision]}`;
  lines.push("", `${colors.bold(paint(word))}  ${oneLine(judgement.reason, 600)}`);
  if (judgement.decision !== "go") {
    lines.push(...whatIsMissing(judgement).map((missing) => `  missing   ${oneLine(missing)}`));
  }
  const next = nextStep(judgement, facts);
  lines.push("", `  ${next.advice}:`, `    ${next.command}`);
  if (next.command !== facts.replay) lines.push(`  replay    ${facts.replay}`);
  const { operationsOk, operationsFailed, operationsUnknown, probeSamples } = judgement.counts;
  const operations = count(operationsOk + operationsFailed + operationsUnknown, "operation");
  lines.push(colors.dim(`  judged from ${count(probeSamples, "probe sample")} and ${operations}`));
  lines.push(`  report    ${reportPath}`);
  return `\n${lines.join("\n")}\n`;
}
