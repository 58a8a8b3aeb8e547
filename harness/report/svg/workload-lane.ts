import { formatDuration } from "../../time/duration.ts";
import { type Html, html } from "../html/html.ts";
import { count, grouped } from "../words.ts";
import type { WorkloadView } from "../workload-view.ts";
import { type Frame, LABEL_PX, type Lane } from "./lane.ts";
import { MAX_MARKS, operationMarks } from "./marks.ts";
import { type LatencyScale, latencyScale, px, wholeStepMs } from "./scale.ts";
import { textWidthPx } from "./text-width.ts";

const PLOT_TOP_PX = 6;
const PLOT_BOTTOM_PX = 96;
const STRIP_TOP_PX = 106;
const STRIP_BOTTOM_PX = 124;
const HEIGHT_PX = 132;
/** A bar is at least this wide, its gap included. */
const BAR_PX = 6;

/** A workload: a mark per operation at its latency (log scale), below it how many were acknowledged. */
export function workloadLane(workload: WorkloadView, frame: Frame): Lane {
  const { operations } = workload;
  const slowest = operations.reduce((most, { latencyMs }) => Math.max(most, latencyMs), 10);
  const latency = latencyScale(slowest, PLOT_TOP_PX, PLOT_BOTTOM_PX);
  const marks = operationMarks(operations, frame.scale, latency);
  const body = html`${grid(latency, frame)}${throughput(workload, frame)}
    <path class="op ok" d="${marks.paths.ok}" />
    <path class="op fail" d="${marks.paths.fail}" />
    <path class="op info" d="${marks.paths.info}" />`;
  const total = count(operations.length, "operation");
  const note = operations.length > MAX_MARKS ? `${total} as ${grouped(marks.drawn)} marks` : total;
  return { name: workload.id, note, heightPx: HEIGHT_PX, body };
}

function grid({ ticks, y }: LatencyScale, { scale }: Frame): Html {
  const lines = ticks.map(({ latencyMs }) => `M${scale.leftPx} ${y(latencyMs)}H${scale.rightPx}`).join("");
  const x = scale.leftPx - 6;
  const texts = ticks.map(
    ({ latencyMs, label }) =>
      html`<text class="label muted" x="${x}" y="${px(y(latencyMs) + 4)}" text-anchor="end">${label}</text>`,
  );
  return html`<path class="grid" d="${lines}" />${texts}`;
}

/** Bars of acknowledged operations per stretch of time; where there is none, the longest gap says how long it was. */
function throughput(
  { operations, longestGap, everyMs }: WorkloadView,
  { scale, labels, zeroMs }: Frame,
): Html {
  const barMs = wholeStepMs(
    Math.max(everyMs, (BAR_PX * (scale.toMs - scale.fromMs)) / (scale.rightPx - scale.leftPx)),
  );
  const buckets = new Map<number, number>();
  for (const { outcome, endedMs } of operations) {
    if (outcome !== "ok") continue;
    const bucket = Math.floor((endedMs - zeroMs) / barMs);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  const most = Math.max(1, ...buckets.values());
  const bars = [...buckets].map(([bucket, acknowledged]) => {
    const height = px((acknowledged / most) * (STRIP_BOTTOM_PX - STRIP_TOP_PX));
    const from = scale.x(zeroMs + bucket * barMs);
    const width = px(Math.max(scale.x(zeroMs + (bucket + 1) * barMs) - from - 1, 0.5));
    return `M${from} ${STRIP_BOTTOM_PX}v${-height}h${width}v${height}z`;
  });
  const per = `done per ${formatDuration(barMs)}`;
  const label =
    labels === "beside" &&
    html`<text class="label muted" x="${scale.leftPx - 6}" y="${STRIP_BOTTOM_PX - 4}" text-anchor="end"
      >${per}</text
    >`;
  const base = html`<path class="grid" d="M${scale.leftPx} ${STRIP_BOTTOM_PX}H${scale.rightPx}" />
    <path class="bars" d="${bars.join("")}"><title>${per}, at most ${most}</title></path>
    ${label}`;
  if (longestGap === null || longestGap.toMs - longestGap.fromMs < 5 * everyMs) return base;
  const text = `none for ${formatDuration(longestGap.toMs - longestGap.fromMs)}`;
  const [from, to] = [scale.x(longestGap.fromMs), scale.x(longestGap.toMs)];
  if (to - from < textWidthPx(text, LABEL_PX) + 8) return base;
  return html`${base}<text
      class="label"
      x="${px((from + to) / 2)}"
      y="${STRIP_BOTTOM_PX - 4}"
      text-anchor="middle"
      >${text}</text
    >`;
}
