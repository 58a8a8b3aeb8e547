import { formatDuration } from "../../time/duration.ts";
import { type FaultView, mockFaultName } from "../fault-view.ts";
import { oneLine } from "../plain-text.ts";
import { REVERTED_BY } from "../story/fault-story.ts";
import type { TrialView } from "../trial-view.ts";
import { type Html, html } from "./html.ts";
import { headRow } from "./table.ts";

const MAX_ROWS = 100;

/** What was broken, and the proof that it really was, and that it was put back. */
export function faultsSection(views: readonly TrialView[]): Html {
  const all = views.flatMap(({ trial, faults }) => faults.map((fault) => ({ trial, fault })));
  const several = views.length > 1;
  const titles = [...(several ? ["Trial"] : []), "Fault", "Took effect", "Evidence from inside", "Put back"];
  return html`<section aria-labelledby="faults">
    <h2 id="faults">Faults</h2>
    ${
      all.length === 0
        ? html`<p class="muted">Nothing was broken in this run.</p>`
        : html`<table class="cards" role="table">
            ${headRow(titles)}
            <tbody role="rowgroup">
              ${all.slice(0, MAX_ROWS).map(({ trial, fault }) => row(trial, fault, several))}
            </tbody>
          </table>`
    }
    ${all.length > MAX_ROWS && html`<p class="muted small">Listed are the first ${MAX_ROWS} of ${all.length}; events.jsonl has all.</p>`}
  </section>`;
}

function row(trial: number, fault: FaultView, several: boolean): Html {
  const params = JSON.stringify(fault.params);
  return html`<tr role="row">
    ${several && html`<td role="cell" data-label="Trial">${trial}</td>`}
    <th role="rowheader" scope="row">
      ${mockFaultName(fault) ?? fault.type}
      <span class="demand"
        >${fault.targets.join(", ")}${params !== "{}" && html`<br /><code>${oneLine(params, 200)}</code>`}</span
      >
    </th>
    <td role="cell" data-label="Took effect">${tookEffect(fault)}</td>
    <td role="cell" data-label="Evidence">
      ${fault.evidence ?? "none"}${fault.met !== null && html`<br />${fault.met}`}${fault.lapses.map(({ reapplied, evidence }) => html`<br /><span class="unsure-text">? ended early${reapplied && ", applied again"}: ${evidence}</span>`)}
    </td>
    <td role="cell" data-label="Put back">${putBack(fault)}</td>
  </tr>`;
}

function tookEffect({ confirmedMs, appliedMs, unconfirmed, armedMs }: FaultView): Html {
  if (confirmedMs !== null) {
    const waited = formatDuration(confirmedMs - (appliedMs ?? armedMs));
    return html`<span class="verdict pass">✓ confirmed</span><br /><span class="muted small"
        >${waited} after it was applied</span
      >`;
  }
  if (unconfirmed) return html`<span class="verdict fail">✗ not seen</span>`;
  return html`<span class="verdict inconclusive"
    >? ${appliedMs === null ? "armed, never applied" : "applied, never confirmed"}</span
  >`;
}

function putBack({ confirmedMs, revertedMs, revertedBy, revertError, audit }: FaultView): Html {
  if (revertError !== null) return html`<span class="verdict fail">✗ failed</span><br />${revertError}`;
  if (revertedMs === null || revertedBy === null)
    return html`<span class="verdict inconclusive">? not recorded</span>`;
  const left = audit !== null && !audit.clean;
  const lasted = confirmedMs === null || left ? "" : ` after ${formatDuration(revertedMs - confirmedMs)}`;
  return html`<span class="verdict ${left ? "fail" : "pass"}"
      >${left ? "✗ something is left" : "✓ reverted"}</span
    >${lasted}<br /><span class="muted small"
      >${REVERTED_BY[revertedBy]}${audit !== null && `; audit: ${audit.detail}`}</span
    >`;
}
