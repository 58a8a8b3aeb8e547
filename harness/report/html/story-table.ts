import { TONE_MARKS, type Tone } from "../story/line.ts";
import { storyteller } from "../story/storyteller.ts";
import type { TrialView } from "../trial-view.ts";
import { type Html, html } from "./html.ts";
import { headRow } from "./table.ts";

/** More lines than this are no story; events.jsonl has them all. */
const MAX_LINES = 200;
const TONE_CLASSES: Readonly<Record<Tone, string>> = {
  good: "good-text",
  bad: "bad-text",
  unsure: "unsure-text",
  plain: "muted",
};

/** The trial told line by line: the chart for those who read rather than look. */
export function storyTable({ trial, events, zero }: TrialView): Html {
  const tell = storyteller();
  const lines = events.flatMap((event) => tell(event) ?? []);
  const rows = lines.slice(0, MAX_LINES).map(
    ({ t, topic, tone, text }) =>
      html`<tr role="row">
        <td role="cell" class="num">${seconds(t - zero.atMs)}</td>
        <td role="cell">${topic}</td>
        <td role="cell">
          <span class="${TONE_CLASSES[tone]}" aria-hidden="true">${TONE_MARKS[tone]}</span> ${text}
        </td>
      </tr>`,
  );
  const left = lines.length - rows.length;
  return html`<details class="story">
    <summary>Trial ${trial} line by line</summary>
    <table role="table">
      <caption>
        Seconds from “${zero.means}”
      </caption>
      ${headRow(["Time", "Topic", "What happened"], [0])}
      <tbody role="rowgroup">
        ${rows}
      </tbody>
    </table>
    ${left > 0 && html`<p class="muted small">${left} more lines are in events.jsonl.</p>`}
  </details>`;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1).replace("-", "\u2212")} s`;
