import { formatDuration } from "../../time/duration.ts";
import { type Html, html } from "../html/html.ts";
import type { ProbeView, Stretch } from "../probe-view.ts";
import { count } from "../words.ts";
import { type Frame, LABEL_PX, type Lane } from "./lane.ts";
import { px } from "./scale.ts";
import { textWidthPx } from "./text-width.ts";

const HEIGHT_PX = 34;
/** Ticks closer than this become one. */
const TICK_STEP_PX = 2;
/** Narrower than this, a stretch cannot be seen. */
const SLIVER_PX = 1;

/** A probe's answers: a thin line while good, a tall hatched block while bad, a tick per sample. */
export function probeLane(probe: ProbeView, frame: Frame): Lane {
  const blocks = mergeSlivers(probe.stretches, frame);
  const body = html`${blocks.map((block) => drawBlock(block, frame))}${ticks(probe, frame)}${labels(blocks, frame)}`;
  return { name: probe.id, note: count(probe.samples.length, "sample"), heightPx: HEIGHT_PX, body };
}

/** A stretch, or many that are too short to be told apart. */
interface Block extends Stretch {
  readonly flapping: boolean;
}

/** Neighbours that are all too narrow to see become one block; it is bad if any was, because a chart must not hide trouble. */
function mergeSlivers(stretches: readonly Stretch[], { scale }: Frame): Block[] {
  const blocks: Block[] = [];
  let inSlivers = false;
  for (const stretch of stretches) {
    const last = blocks.at(-1);
    const sliver = scale.x(stretch.toMs) - scale.x(stretch.fromMs) < SLIVER_PX;
    if (last !== undefined && inSlivers && sliver) {
      const worse = last.ok ? stretch : last;
      const samples = last.samples + stretch.samples;
      blocks.splice(-1, 1, { ...worse, fromMs: last.fromMs, toMs: stretch.toMs, samples, flapping: true });
    } else blocks.push({ ...stretch, flapping: false });
    inSlivers = sliver;
  }
  return blocks;
}

function drawBlock({ ok, fromMs, toMs, detail, flapping }: Block, { scale, idPrefix }: Frame): Html {
  const x = scale.x(fromMs);
  const width = Math.max(px(scale.x(toMs) - x), 1);
  const state = flapping ? "flapping" : ok ? "good" : "bad";
  const tip = `${state} for ${formatDuration(toMs - fromMs)}: ${detail}`;
  if (ok)
    return html`<rect class="good" x="${x}" y="9" width="${width}" height="6"><title>${tip}</title></rect>`;
  return html`<g>
    <title>${tip}</title>
    <rect class="bad" x="${x}" y="3" width="${width}" height="18" />
    <rect fill="url(#${idPrefix}hatch)" x="${x}" y="3" width="${width}" height="18" />
  </g>`;
}

function ticks({ samples }: ProbeView, { scale }: Frame): Html {
  let path = "";
  let last = -Infinity;
  for (const { startedMs } of samples) {
    const x = scale.x(startedMs);
    if (x - last < TICK_STEP_PX) continue;
    path += `M${x} 24v4`;
    last = x;
  }
  return html`<path class="ticks" d="${path}" />`;
}

/** How long each bad block lasted: in the block if it fits, else beside it if that is free, else only in the tip. */
function labels(blocks: readonly Block[], { scale }: Frame): Html[] {
  return blocks.flatMap(({ ok, fromMs, toMs, flapping }, index) => {
    if (ok) return [];
    const text = `${flapping ? "flapping" : "bad"} ${formatDuration(toMs - fromMs)}`;
    const width = textWidthPx(text, LABEL_PX);
    const [from, to] = [scale.x(fromMs), scale.x(toMs)];
    if (to - from >= width + 10) return plated(text, (from + to - width) / 2, width);
    const free = scale.x(blocks[index + 1]?.toMs ?? toMs) - to;
    return free < width + 10 ? [] : plated(text, to + 5, width);
  });
}

/** A label on a plate of the paper's colour, so that it can be read on a hatched block or a line. */
function plated(text: string, x: number, width: number): Html {
  return html`<rect class="plate" x="${px(x - 3)}" y="5" width="${width + 6}" height="14" rx="2" />
    <text class="label" x="${px(x + width / 2)}" y="16" text-anchor="middle">${text}</text>`;
}
