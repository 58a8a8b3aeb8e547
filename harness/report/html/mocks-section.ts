import type { FiredrillEvent } from "../../events/vocabulary.ts";
import { type MockView, mockViews, unmodelledFindings } from "../mock-view.ts";
import { count } from "../words.ts";
import { type Html, html } from "./html.ts";
import { headRow } from "./table.ts";

const MAX_ROWS = 60;

/** What the mocks noted, and what they were asked that they do not model. Nothing for a stack without mocks. */
export function mocksSection(events: readonly FiredrillEvent[]): Html | false {
  const views = mockViews(events);
  if (views.length === 0) return false;
  const findings = unmodelledFindings(events);
  return html`<section aria-labelledby="mocks">
    <h2 id="mocks">Mocks</h2>
    ${
      findings.length > 0 &&
      html`<p>
          <span class="unsure-text">? asked, and not modelled</span>: who needs this was not rehearsed as it
          is in production. It does not change the verdict.
        </p>
        <ul>
          ${findings.map((finding) => html`<li>${finding}</li>`)}
        </ul>`
    }
    <table class="cards" role="table">
      ${headRow(["Mock", "Trial", "Journal"])}
      <tbody role="rowgroup">
        ${views.slice(0, MAX_ROWS).map(row)}
      </tbody>
    </table>
  </section>`;
}

function row({ service, mock, trial, entries, truncated, missing }: MockView): Html {
  return html`<tr role="row">
    <th role="rowheader" scope="row">${service} <span class="demand">${mock}</span></th>
    <td role="cell" data-label="Trial">${trial}</td>
    <td role="cell" data-label="Journal">
      ${
        missing === null
          ? html`${count(entries, "line")}${truncated && ", the last of more"}:
              <code>evidence/trial-${trial}/mocks/${service}.jsonl</code>`
          : html`<span class="unsure-text">? none: ${missing}</span>`
      }
    </td>
  </tr>`;
}
