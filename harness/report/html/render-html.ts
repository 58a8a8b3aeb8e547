import type { ReportInput } from "../input.ts";
import { runFacts } from "../run-facts.ts";
import { trialViews } from "../trial-view.ts";
import { count, DECISION_WORDS, instant } from "../words.ts";
import { banner } from "./banner.ts";
import { besideSection } from "./beside-section.ts";
import { criteriaTable } from "./criteria-table.ts";
import { environmentSection } from "./environment-section.ts";
import { faultsSection } from "./faults-section.ts";
import { html, trusted } from "./html.ts";
import { mocksSection } from "./mocks-section.ts";
import { reproduceSection } from "./reproduce-section.ts";
import { runbookSection } from "./runbook-section.ts";
import { STYLE } from "./style.ts";
import { timeline } from "./timeline.ts";

/**
 * The report as one page: no script, no network (its own policy forbids both), readable anywhere.
 * The decision comes first, the proof after it, how to repeat it last.
 */
export function renderHtml(input: ReportInput): string {
  const facts = runFacts(input);
  const { plan } = facts;
  const { scenario } = plan;
  const views = trialViews(input.events, plan);
  const { judgement } = input;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Firedrill" />
        <link rel="icon" href="data:," />
        <title>${DECISION_WORDS[judgement.decision]} · ${scenario.title}</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <header class="top">
          <p class="kicker">Firedrill gate report · ${scenario.name}</p>
          <h1>${scenario.title}</h1>
          ${banner(judgement, facts)}
          <dl class="facts">
            <div>
              <dt>Tier</dt>
              <dd>${plan.tier}</dd>
            </div>
            <div>
              <dt>Trials</dt>
              <dd>${count(plan.trials, "trial")}</dd>
            </div>
            <div>
              <dt>Seed</dt>
              <dd>${plan.seed}</dd>
            </div>
            ${
              plan.control !== "none" &&
              html`<div>
                <dt>Control</dt>
                <dd>${plan.control}</dd>
              </div>`
            }
            <div>
              <dt>Started</dt>
              <dd>${instant(facts.startedAt)}</dd>
            </div>
            <div>
              <dt>Evidence</dt>
              <dd>${evidence(judgement.counts)}</dd>
            </div>
          </dl>
        </header>
        <main>
          ${criteriaTable(judgement.criteria)} ${timeline(views, plan, judgement)} ${runbookSection(views)}
          ${faultsSection(views)} ${mocksSection(input.events)} ${besideSection(judgement, plan)}
          ${environmentSection(facts, input.metadata)} ${reproduceSection(facts)}
        </main>
        <footer>
          <p>
            Decided by Firedrill from ${count(input.events.length, "recorded event")}. Everything on this page
            is computed from <code>events.jsonl</code>; no number was typed in.
          </p>
        </footer>
      </body>
    </html> `;
  return page.markup;
}

function evidence({
  probeSamples,
  operationsOk,
  operationsFailed,
  operationsUnknown,
}: ReportInput["judgement"]["counts"]): string {
  const operations = operationsOk + operationsFailed + operationsUnknown;
  return `${count(probeSamples, "probe sample")}, ${count(operations, "operation")}`;
}
