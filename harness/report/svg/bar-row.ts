import { type Html, html } from "../html/html.ts";
import { type Frame, LABEL_PX } from "./lane.ts";
import { px } from "./scale.ts";
import { fitText, textWidthPx } from "./text-width.ts";

/** Name after, or before, the bar. */
export const SLIM_ROW_PX = 22;
/** Name above the bar: for narrow charts and for bars that span the whole of one. */
export const TALL_ROW_PX = 30;
const GAP_PX = 6;

export interface BarRow {
  /** A class of the style sheet: `step done`, `fault`. */
  readonly className: string;
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Until when one waited after it: a thin line behind the bar. Null: not at all. */
  readonly tailToMs: number | null;
  readonly hatched: boolean;
}

/** A bar with its name above it, wherever the bar begins. */
export function tallBarRow(row: BarRow, topPx: number, frame: Frame): Html {
  const { scale } = frame;
  const leftPx = frame.labels === "above" ? 0 : scale.leftPx;
  const text = fitText(row.text, LABEL_PX, scale.rightPx - leftPx);
  const x = px(Math.min(scale.x(row.fromMs) + 4, scale.rightPx - textWidthPx(text, LABEL_PX)));
  return html`<text class="label" x="${Math.max(x, leftPx)}" y="${topPx + 11}">${text}</text>
    ${bar(row, topPx + 16, 8, frame)}`;
}

/** A bar with its name after or before it: wherever there is room, and cut only if there is none. */
export function slimBarRow(row: BarRow, topPx: number, frame: Frame): Html {
  const { scale } = frame;
  const from = scale.x(row.fromMs);
  const to = Math.max(scale.x(row.tailToMs ?? row.toMs), from + 2);
  const after = scale.rightPx - to - GAP_PX;
  const before = from - scale.leftPx - GAP_PX;
  const fitsAfter = textWidthPx(row.text, LABEL_PX) <= after || after >= before;
  const x = px(fitsAfter ? to + GAP_PX : from - GAP_PX);
  const text = fitText(row.text, LABEL_PX, fitsAfter ? after : before);
  return html`${bar(row, topPx + 4, 14, frame)}
    <text class="label" x="${x}" y="${topPx + 15}" text-anchor="${fitsAfter ? "start" : "end"}"
      >${text}</text
    >`;
}

function bar(row: BarRow, y: number, height: number, { scale, idPrefix }: Frame): Html {
  const { className, text, fromMs, toMs, tailToMs, hatched } = row;
  const x = scale.x(fromMs);
  const width = Math.max(px(scale.x(toMs) - x), 2);
  const tail =
    tailToMs !== null &&
    html`<path class="tail" d="M${px(x + width)} ${y + height / 2}H${scale.x(tailToMs)}" />`;
  const hatch = html`<rect
    fill="url(#${idPrefix}hatch)"
    x="${x}"
    y="${y}"
    width="${width}"
    height="${height}"
  />`;
  return html`<g>
    <title>${text}</title>
    ${tail}
    <rect class="${className}" x="${x}" y="${y}" width="${width}" height="${height}" rx="2" />
    ${hatched && hatch}
  </g>`;
}
