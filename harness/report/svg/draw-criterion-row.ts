import { type Html, html } from "../html/html.ts";
import type { CriterionRow } from "./criterion-row.ts";
import { type Frame, LABEL_PX } from "./lane.ts";
import { px } from "./scale.ts";
import { fitText, textWidthPx } from "./text-width.ts";

export const CRITERION_ROW_PX = 32;

/** The text above, the bracket below it with its limit as a dashed line. Its top is at `topPx`. */
export function drawCriterionRow(
  { verdict, text, bracket, deadlineMs }: CriterionRow,
  topPx: number,
  frame: Frame,
): Html {
  const { scale } = frame;
  const shown = fitText(text, LABEL_PX, scale.rightPx - scale.leftPx);
  const width = textWidthPx(shown, LABEL_PX);
  const startsAt = bracket === null ? scale.x(frame.zeroMs) : scale.x(bracket.fromMs);
  const x = px(Math.max(scale.leftPx, Math.min(startsAt + 4, scale.rightPx - width)));
  return html`<g class="row ${verdict}" transform="translate(0 ${topPx})">
    <text class="label" x="${x}" y="11">${shown}</text>
    ${bracket && drawBracket(bracket, frame)}${deadlineMs !== null && drawDeadline(deadlineMs, bracket?.toMs ?? deadlineMs, frame)}
  </g>`;
}

function drawBracket({ fromMs, toMs, open }: NonNullable<CriterionRow["bracket"]>, { scale }: Frame): Html {
  const [from, to] = [scale.x(fromMs), scale.x(toMs)];
  const end = open ? `m-5 -4l5 4l-5 4` : `m0 -5v10`;
  return html`<path class="bracket" d="M${from} 17v10M${from} 22H${to}${end}" />`;
}

function drawDeadline(deadlineMs: number, endMs: number, { scale }: Frame): Html {
  if (deadlineMs > scale.toMs) {
    // Beyond the drawn span: say so at the edge, unless the bracket is already there.
    const text = "limit \u2192";
    if (scale.rightPx - scale.x(endMs) < textWidthPx(text, LABEL_PX) + 8) return html``;
    return html`<text class="label muted" x="${scale.rightPx}" y="26" text-anchor="end">${text}</text>`;
  }
  const x = scale.x(deadlineMs);
  const room = scale.rightPx - x;
  const free = room > textWidthPx("limit", LABEL_PX) + 6 && endMs < deadlineMs;
  return html`<path
      class="deadline"
      d="M${x} 14v16"
    />${free && html`<text class="label muted" x="${px(x + 4)}" y="26">limit</text>`}`;
}
