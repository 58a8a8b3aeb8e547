import type { Judgement } from "../../gate/result.ts";
import type { PlanView } from "../plan-view.ts";
import { signatureChart } from "../svg/signature-chart.ts";
import type { TrialView } from "../trial-view.ts";
import { type Html, html } from "./html.ts";
import { legend } from "./legend.ts";
import { storyTable } from "./story-table.ts";

/** Drawn in full; of more trials the first and the worst are drawn, and the rest is in gate.json. */
const MAX_CHARTS = 10;

/** The signature chart of each trial, the first and every one that did not pass open, the others folded. */
export function timeline(views: readonly TrialView[], plan: PlanView, judgement: Judgement): Html {
  const spoilt = new Set(
    judgement.criteria.flatMap(({ trials }) =>
      trials.filter(({ verdict }) => verdict !== "pass").map(({ trial }) => trial),
    ),
  );
  const important = views.filter((view, index) => index === 0 || spoilt.has(view.trial));
  const drawn = [...important, ...views.filter((view) => !important.includes(view))].slice(0, MAX_CHARTS);
  const inOrder = drawn.toSorted((a, b) => a.trial - b.trial);
  const left = views.length - drawn.length;
  return html`<section aria-labelledby="timeline">
    <h2 id="timeline">What happened</h2>
    ${views.length === 0 ? html`<p>No trial was begun, so there is nothing to draw.</p>` : legend(views.some(({ nodes }) => nodes.length > 0))}
    ${inOrder.map((view) => {
      const title = views.length > 1 ? `Trial ${view.trial}` : null;
      if (important.includes(view)) return chart(view, plan, judgement, title);
      return html`<details>
        <summary>Trial ${view.trial}: passed</summary>
        ${chart(view, plan, judgement, null)}
      </details>`;
    })}
    ${left > 0 && html`<p class="muted small">Drawn are ${drawn.length} of ${views.length} trials: the first and those that did not pass come before the others. All of them are in events.jsonl.</p>`}
  </section>`;
}

function chart(view: TrialView, plan: PlanView, judgement: Judgement, title: string | null): Html {
  return html`<figure class="timeline">
    ${title !== null && html`<figcaption><strong>${title}</strong></figcaption>`}
    ${signatureChart(view, plan, judgement, "wide")} ${signatureChart(view, plan, judgement, "narrow")}
    ${storyTable(view)}
  </figure>`;
}
