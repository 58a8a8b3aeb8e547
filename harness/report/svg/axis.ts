import { type Html, html } from "../html/html.ts";
import type { TrialView } from "../trial-view.ts";
import type { Frame } from "./lane.ts";
import { px } from "./scale.ts";

/** A label nearer to an edge than this would leave the chart if it stood in the middle of its tick. */
const EDGE_PX = 16;

/** The time in which each fault was in effect, behind all lanes. */
export function shading({ faults, toMs }: TrialView, { scale }: Frame, bottomPx: number): Html[] {
  return faults.flatMap(({ confirmedMs, revertedMs }) => {
    if (confirmedMs === null) return [];
    const x = scale.x(confirmedMs);
    const width = Math.max(1, px(scale.x(revertedMs ?? toMs) - x));
    return html`<rect class="window" x="${x}" y="0" width="${width}" height="${bottomPx}" />`;
  });
}

/** The grid of whole steps of time, the line at 0, the end of the recording, and what they mean. */
export function axis({ zero, toMs }: TrialView, { scale, zeroMs, labels }: Frame, bottomPx: number): Html {
  const footPx = bottomPx + 4;
  const grid = scale.ticks.map(({ atMs }) => `M${scale.x(atMs)} 0V${footPx}`).join("");
  const texts = scale.ticks.map(({ atMs, label }) => {
    const x = scale.x(atMs);
    const anchor = x - scale.leftPx < EDGE_PX ? "start" : scale.rightPx - x < EDGE_PX ? "end" : "middle";
    return html`<text class="label muted" x="${x}" y="${bottomPx + 17}" text-anchor="${anchor}"
      >${label}</text
    >`;
  });
  const endsEarly = toMs < scale.toMs;
  const end = html`<path class="recorded" d="M${scale.x(toMs)} 0V${bottomPx}" />`;
  const meaning = `0 is \u201c${zero.means}\u201d${endsEarly ? "; dotted: the recording ends" : ""}`;
  const x = labels === "beside" ? scale.leftPx : 0;
  return html`<path class="grid" d="${grid}" />
    ${endsEarly && end}
    <path class="zero" d="M${scale.x(zeroMs)} 0V${footPx}" />
    ${texts}
    <text class="label muted" x="${x}" y="${bottomPx + 33}">${meaning}</text>`;
}
