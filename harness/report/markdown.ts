import type { CriterionResult } from "../gate/result.ts";
import type { ReportInput } from "./input.ts";
import { unmodelledFindings } from "./mock-view.ts";
import { nextStep, whatIsMissing } from "./next-step.ts";
import { oneLine } from "./plain-text.ts";
import { type RunFacts, runFacts } from "./run-facts.ts";
import { count, DECISION_MARKS, DECISION_MEANINGS, DECISION_WORDS, instant, VERDICT_MARKS } from "./words.ts";

/** Job summaries and chats take far more; a summary that is longer than this is none. */
export const SUMMARY_MAX_BYTES = 64 * 1_024;
const MAX_ROWS = 60;
const MAX_FINDINGS = 20;

/** The content of `summary.md`: the decision first, then a row per criterion. Always under 64 KiB. */
export function summaryMarkdown(input: ReportInput): string {
  let rows = MAX_ROWS;
  let summary = render(input, rows);
  while (Buffer.byteLength(summary) >= SUMMARY_MAX_BYTES && rows > 0) {
    rows = Math.floor(rows / 2);
    summary = render(input, rows);
  }
  return summary;
}

function render(input: ReportInput, maxRows: number): string {
  const { judgement } = input;
  const facts = runFacts(input);
  const next = nextStep(judgement, facts);
  const { decision } = judgement;
  const blocks = [
    `# ${DECISION_MARKS[decision]} ${DECISION_WORDS[decision]}: ${cell(facts.plan.scenario.title)}`,
    `**${cell(judgement.reason, 1_000)}**  \n${DECISION_WORDS[decision]} means: ${DECISION_MEANINGS[decision]}.`,
    ...bullets("Missing", decision === "go" ? [] : whatIsMissing(judgement)),
    criteriaTable(judgement.criteria, maxRows),
    ...(judgement.control
      ? [`**Control (${judgement.control.kind}):** ${cell(judgement.control.finding)}`]
      : []),
    judgement.hygiene.clean
      ? "**Clean-up:** nothing was left behind."
      : bullets("Clean-up: something was left behind", judgement.hygiene.findings).join("\n\n"),
    ...bullets("Asked of mocks, and not modelled", unmodelledFindings(input.events)),
    `${next.advice}:\n\n${fenced(next.command)}`,
    provenance(facts),
    next.command === facts.replay ? "" : `Reproduce this run:\n\n${fenced(facts.replay)}`,
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function criteriaTable(criteria: readonly CriterionResult[], maxRows: number): string {
  if (criteria.length === 0) return "The scenario has no exit criteria, so it cannot be a GO.";
  const rows = criteria
    .slice(0, maxRows)
    .map(
      ({ id, verdict, title, claim }) =>
        `| ${VERDICT_MARKS[verdict]} ${verdict} | ${cell(id, 60)} | ${cell(title)} | ${cell(claim, 400)} |`,
    );
  const left = criteria.length - rows.length;
  return [
    "| verdict | criterion | demanded | what the evidence says |",
    "| --- | --- | --- | --- |",
    ...rows,
    ...(left > 0 ? [`| … |  |  | and ${left} more in gate.json |`] : []),
  ].join("\n");
}

function bullets(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, MAX_FINDINGS).map((item) => `- ${cell(item)}`);
  if (items.length > MAX_FINDINGS) shown.push(`- … and ${items.length - MAX_FINDINGS} more in gate.json`);
  return [`**${title}:**\n\n${shown.join("\n")}`];
}

function provenance({ plan, runId, startedAt, images }: RunFacts): string {
  const notes = [
    `Run \`${code(runId)}\` · tier ${plan.tier} · seed ${plan.seed} · ${count(plan.trials, "trial")} · started ${cell(instant(startedAt))}`,
  ];
  const replaced = images.filter(({ substitution }) => substitution !== null).length;
  if (replaced > 0) notes.push(`${count(replaced, "image")} replaced by a stand-in: see report.html`);
  const approximate = Object.keys(plan.approximations).length;
  if (approximate > 0)
    notes.push(`${count(approximate, "fault kind")} shown only approximately on this tier: see report.html`);
  return notes.join("  \n");
}

/** Text in one table cell or line: nothing in it acts as Markdown, HTML or a mention. */
function cell(text: string, maxChars = 300): string {
  return oneLine(text, maxChars)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]|#~]/g, String.raw`\$&`)
    .replaceAll("@", "@&#8203;");
}

const code = (text: string): string => oneLine(text).replaceAll("`", "'");
const fenced = (command: string): string =>
  `\`\`\`\`sh\n${oneLine(command, 1_000).replaceAll("````", "")}\n\`\`\`\``;
