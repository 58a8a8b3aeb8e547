import { type Html, html } from "../html/html.ts";
import { LABEL_PX } from "./lane.ts";
import { px } from "./scale.ts";
import { textWidthPx } from "./text-width.ts";

/** What a label beside a block needs on both sides. */
const ROOM_PX = 10;

/** What stands on the axis of time, and how much room is free after it. */
export interface Labelled {
  readonly text: string;
  readonly fromPx: number;
  readonly toPx: number;
  readonly freePx: number;
}

/** A label in its block if it fits, else beside it if that is free, else nowhere: then only the tip says it. */
export function blockLabel({ text, fromPx, toPx, freePx }: Labelled, topPx: number): Html | null {
  const width = textWidthPx(text, LABEL_PX);
  if (toPx - fromPx >= width + ROOM_PX) return plated(text, (fromPx + toPx - width) / 2, width, topPx);
  return freePx < width + ROOM_PX ? null : plated(text, toPx + 5, width, topPx);
}

/** A label on a plate of the paper's colour, so that it can be read on a hatched block or a line. */
function plated(text: string, x: number, width: number, topPx: number): Html {
  return html`<rect class="plate" x="${px(x - 3)}" y="${topPx}" width="${width + 6}" height="14" rx="2" />
    <text class="label" x="${px(x + width / 2)}" y="${topPx + 11}" text-anchor="middle">${text}</text>`;
}
