import type { CriterionResult, TrialVerdict } from "../../gate/result.ts";
import { grouped, VERDICT_MARKS } from "../words.ts";
import { type Html, html } from "./html.ts";
import { headRow } from "./table.ts";

/** More trials than this stay in gate.json. */
const MAX_TRIALS = 100;

/** What was demanded and what the evidence says, a row per criterion. */
export function criteriaTable(criteria: readonly CriterionResult[]): Html {
  return html`<section aria-labelledby="criteria">
    <h2 id="criteria">Exit criteria</h2>
    ${
      criteria.length === 0
        ? html`<p>The scenario demands nothing, so it cannot be a GO.</p>`
        : html`<table class="cards" role="table">
            ${headRow(["Verdict", "Demanded", "What the evidence says", "Samples"], [3])}
            <tbody role="rowgroup">
              ${criteria.map(row)}
            </tbody>
          </table>`
    }
  </section>`;
}

function row(criterion: CriterionResult): Html {
  const { id, title, verdict, claim, trials } = criterion;
  const samples = trials.reduce((sum, trial) => sum + trial.samples, 0);
  return html`<tr role="row">
    <td role="cell" class="${verdict}">${verdictText(verdict)}</td>
    <th role="rowheader" scope="row">${id}<span class="demand">${title}</span></th>
    <td role="cell">${claim}${trialList(trials)}</td>
    <td role="cell" class="num" data-label="Samples">${grouped(samples)}</td>
  </tr>`;
}

/** `✓ pass`: the mark and the word; the colour only repeats them. */
export function verdictText(verdict: TrialVerdict["verdict"]): Html {
  return html`<span class="verdict ${verdict}"
    ><span aria-hidden="true">${VERDICT_MARKS[verdict]}</span> ${verdict}</span
  >`;
}

/** With one trial its claim is the row's claim already; only the deciding events are added then. */
function trialList(trials: readonly TrialVerdict[]): Html | null {
  if (trials.length === 0) return null;
  const passed = trials.filter(({ verdict }) => verdict === "pass").length;
  const heading = trials.length === 1 ? "Deciding events" : `${passed} of ${trials.length} trials pass`;
  const shown = trials.slice(0, MAX_TRIALS);
  const items = shown.map(
    ({ trial, verdict, claim, evidence }) =>
      html`<li>
        ${trials.length > 1 && html`Trial ${trial}: ${verdictText(verdict)} ${claim} `}${
          evidence.length > 0
            ? html`<span class="muted">events.jsonl, seq ${evidence.join(", ")}</span>`
            : html`<span class="muted">no single event decided it</span>`
        }
      </li>`,
  );
  const left = trials.length - shown.length;
  return html`<details>
    <summary>${heading}</summary>
    <ul class="small">
      ${items}${left > 0 && html`<li>${left} more in gate.json</li>`}
    </ul>
  </details>`;
}
