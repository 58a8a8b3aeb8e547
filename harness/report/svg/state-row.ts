import { formatDuration } from "../../time/duration.ts";
import type { StateStretch, StateTone } from "../cluster-view.ts";
import { type Html, html } from "../html/html.ts";
import { type Frame, LABEL_PX } from "./lane.ts";
import { type Block, mergeSlivers } from "./merge-slivers.ts";
import { blockLabel } from "./plated-label.ts";
import { px } from "./scale.ts";
import { fitText } from "./text-width.ts";

/** What a row holds: the states of one thing over time. */
export interface StateRow {
  readonly name: string;
  readonly stretches: readonly StateStretch[];
}

const BAND_PX = 18;
/** Of the name above the band where there is no room beside it. */
const NAME_ABOVE_PX = 14;
const GAP_PX = 6;
/** Height of each tone's block: they differ in shape as well as in colour. */
const HEIGHTS_PX: Readonly<Record<StateTone, number>> = { good: 4, bad: 14, unsure: 10 };
const RANK: Readonly<Record<StateTone, number>> = { good: 0, unsure: 1, bad: 2 };

export function stateRowPx({ labels }: Frame): number {
  return labels === "above" ? BAND_PX + NAME_ABOVE_PX : BAND_PX;
}

/** A thin line while good, a dashed box while unsure, a hatched block while bad; each with its word where it fits. */
export function stateRow({ name, stretches }: StateRow, topPx: number, frame: Frame): Html {
  const { scale, labels } = frame;
  const bandPx = labels === "above" ? topPx + NAME_ABOVE_PX : topPx;
  const drawn = stretches.filter(({ toMs, fromMs }) => toMs >= scale.fromMs && fromMs <= scale.toMs);
  const blocks = mergeSlivers(drawn, frame, (one, other) =>
    RANK[one.tone] >= RANK[other.tone] ? one : other,
  );
  const text = fitText(name, LABEL_PX, labels === "above" ? scale.rightPx : scale.leftPx - 2 * GAP_PX);
  const label =
    labels === "above"
      ? html`<text class="label" x="0" y="${topPx + 11}">${text}</text>`
      : html`<text class="label" x="${scale.leftPx - GAP_PX}" y="${topPx + 13}" text-anchor="end"
          >${text}</text
        >`;
  return html`${label}${blocks.map((block) => drawBlock(block, bandPx, frame))}${words(blocks, bandPx, frame)}`;
}

function drawBlock(block: Block<StateStretch>, bandPx: number, { scale, idPrefix }: Frame): Html {
  const { tone, fromMs, toMs, detail } = block;
  const x = scale.x(fromMs);
  const width = Math.max(px(scale.x(toMs) - x), 2);
  const height = HEIGHTS_PX[tone];
  const y = bandPx + (BAND_PX - height) / 2;
  const tip = `${wordOf(block)}${detail === "" ? "" : `: ${detail}`}`;
  const hatch = html`<rect
    fill="url(#${idPrefix}hatch)"
    x="${x}"
    y="${y}"
    width="${width}"
    height="${height}"
  />`;
  return html`<g>
    <title>${tip}</title>
    <rect class="${tone}" x="${x}" y="${y}" width="${width}" height="${height}" />
    ${tone === "bad" && hatch}
  </g>`;
}

/** The state and how long it held, or without that. A word may stand on the line of a good stretch, never on another block. */
function words(blocks: readonly Block<StateStretch>[], bandPx: number, { scale }: Frame): (Html | null)[] {
  return blocks.map((block, index) => {
    if (block.tone === "good") return null;
    const [fromPx, toPx] = [scale.x(block.fromMs), scale.x(block.toMs)];
    const next = blocks[index + 1];
    const freeUntil =
      next === undefined ? scale.rightPx : scale.x(next.tone === "good" ? next.toMs : next.fromMs);
    const place = { fromPx, toPx, freePx: freeUntil - toPx };
    return (
      blockLabel({ ...place, text: wordOf(block) }, bandPx + 2) ??
      blockLabel({ ...place, text: block.state }, bandPx + 2)
    );
  });
}

function wordOf({ state, flapping, fromMs, toMs }: Block<StateStretch>): string {
  if (fromMs === toMs) return state;
  return `${flapping ? "changing" : state} ${formatDuration(toMs - fromMs)}`;
}
