import type { Judgement } from "../../gate/result.ts";
import { nextStep, whatIsMissing } from "../next-step.ts";
import type { RunFacts } from "../run-facts.ts";
import { DECISION_MARKS, DECISION_MEANINGS, DECISION_WORDS } from "../words.ts";
import { type Html, html } from "./html.ts";

/** The first thing on the page: the decision in words, why, what is missing, and what to do next. */
export function banner(judgement: Judgement, facts: RunFacts): Html {
  const { decision, reason } = judgement;
  const missing = decision === "go" ? [] : whatIsMissing(judgement);
  const next = nextStep(judgement, facts);
  const word = DECISION_WORDS[decision];
  return html`<div class="decision ${decision}" role="region" aria-label="Decision">
    <p class="word">
      <span aria-hidden="true">${DECISION_MARKS[decision]}</span> <span id="decision">${word}</span>
    </p>
    <p class="reason">${reason}</p>
    <p class="means">${word} means: ${DECISION_MEANINGS[decision]}.</p>
    ${
      missing.length > 0 &&
      html`<h2>What is missing</h2>
        <ul>
          ${missing.map((item) => html`<li>${item}</li>`)}
        </ul>`
    }
    ${facts.failures.map(
      ({ code, message, hint }) =>
        html`<h2>The run did not reach its end</h2>
          <p>${message} <code>${code}</code>${hint !== null && html`<br />${hint}`}</p>`,
    )}
    <div class="next">
      <p>${next.advice}:</p>
      <pre><code>${next.command}</code></pre>
    </div>
  </div>`;
}
