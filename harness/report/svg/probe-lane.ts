import { formatDuration } from "../../time/duration.ts";
import { type Html, html } from "../html/html.ts";
import type { ProbeView, Stretch } from "../probe-view.ts";
import { count } from "../words.ts";
import type { Frame, Lane } from "./lane.ts";
import { type Block, mergeSlivers } from "./merge-slivers.ts";
import { blockLabel } from "./plated-label.ts";
import { px } from "./scale.ts";

const HEIGHT_PX = 34;
const LABEL_TOP_PX = 5;
/** Ticks closer than this become one. */
const TICK_STEP_PX = 2;

/** A probe's answers: a thin line while good, a tall hatched block while bad, a tick per sample. */
export function probeLane(probe: ProbeView, frame: Frame): Lane {
  const blocks = mergeSlivers(probe.stretches, frame, worse);
  const body = html`${blocks.map((block) => drawBlock(block, frame))}${ticks(probe, frame)}${labels(blocks, frame)}`;
  return { name: probe.id, note: count(probe.samples.length, "sample"), heightPx: HEIGHT_PX, body };
}

const worse = (one: Stretch, other: Stretch): Stretch => ({
  ...(one.ok ? other : one),
  samples: one.samples + other.samples,
});

function drawBlock({ ok, fromMs, toMs, detail, flapping }: Block<Stretch>, { scale, idPrefix }: Frame): Html {
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

/** How long each bad block lasted. */
function labels(blocks: readonly Block<Stretch>[], { scale }: Frame): (Html | null)[] {
  return blocks.map(({ ok, fromMs, toMs, flapping }, index) => {
    if (ok) return null;
    const text = `${flapping ? "flapping" : "bad"} ${formatDuration(toMs - fromMs)}`;
    const [fromPx, toPx] = [scale.x(fromMs), scale.x(toMs)];
    const freePx = scale.x(blocks[index + 1]?.toMs ?? toMs) - toPx;
    return blockLabel({ text, fromPx, toPx, freePx }, LABEL_TOP_PX);
  });
}
