import type { Judgement } from "../../gate/result.ts";
import { type Html, html } from "../html/html.ts";
import type { PlanView } from "../plan-view.ts";
import type { TrialView } from "../trial-view.ts";
import { axis, shading } from "./axis.ts";
import { faultLane, runbookLane } from "./bar-lanes.ts";
import { nodeLane, podLane } from "./cluster-lanes.ts";
import { criterionRows } from "./criterion-row.ts";
import { describeTrial } from "./describe-trial.ts";
import { CRITERION_ROW_PX, drawCriterionRow } from "./draw-criterion-row.ts";
import { type Frame, LABEL_PX, type Lane, NAME_PX } from "./lane.ts";
import { probeLane } from "./probe-lane.ts";
import { timeScale } from "./scale.ts";
import { fitText } from "./text-width.ts";
import { workloadLane } from "./workload-lane.ts";

/** Two drawings of the same: the style sheet shows the one that fits the page. */
export type ChartSize = "wide" | "narrow";

const SIZES = {
  wide: { widthPx: 1_040, leftPx: 158, rightPx: 1_028, labels: "beside" },
  narrow: { widthPx: 360, leftPx: 48, rightPx: 356, labels: "above" },
} as const;

const LANE_GAP_PX = 12;
const TOP_PX = 6;
const AXIS_PX = 40;
/** The span grows by up to this part to bring a limit into view. */
const GROW_FOR_LIMIT = 0.3;
/** Room for the word beside a limit. */
const MARGIN_AFTER_LIMIT = 0.07;

/**
 * The signature chart of one trial: what was broken, what the probes and clients saw, what the operator did,
 * and when it was good again, on one time axis whose 0 is the fault.
 */
export function signatureChart(view: TrialView, plan: PlanView, judgement: Judgement, size: ChartSize): Html {
  const { widthPx, leftPx, rightPx, labels } = SIZES[size];
  const idPrefix = `t${view.trial}${size}-`;
  const toMs = spanEnd(view, plan, judgement);
  const zeroMs = view.zero.atMs;
  const scale = timeScale({ fromMs: view.fromMs, toMs, zeroMs, leftPx, rightPx });
  const frame: Frame = { scale, zeroMs, labels, idPrefix };
  const lanes = chartLanes(view, plan, judgement, frame);
  const labelPx = labels === "above" ? 20 : 0;

  let y = TOP_PX;
  const placed = lanes.map((lane) => {
    const top = y + labelPx;
    y = top + lane.heightPx + LANE_GAP_PX;
    return html`<g transform="translate(0 ${top})">${laneLabel(lane, frame)}${lane.body}</g>`;
  });
  const bottom = y;
  return html`<svg
    class="chart ${size}"
    viewBox="0 0 ${widthPx} ${bottom + AXIS_PX}"
    role="img"
    aria-labelledby="${idPrefix}title"
    aria-describedby="${idPrefix}desc"
  >
    <title id="${idPrefix}title">Trial ${view.trial}: time line</title>
    <desc id="${idPrefix}desc">${describeTrial(view)}</desc>
    <defs>
      <pattern
        id="${idPrefix}hatch"
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="hatch" width="2" height="6" />
      </pattern>
    </defs>
    ${shading(view, frame, bottom)}${axis(view, frame, bottom)} ${placed}
  </svg>`;
}

function chartLanes(view: TrialView, plan: PlanView, judgement: Judgement, frame: Frame): Lane[] {
  const withRows = (lane: Lane): Lane => {
    const rows = criterionRows(lane.name, view, plan, judgement);
    const drawn = rows.map((row, index) =>
      drawCriterionRow(row, lane.heightPx + index * CRITERION_ROW_PX, frame),
    );
    return {
      ...lane,
      heightPx: lane.heightPx + rows.length * CRITERION_ROW_PX,
      body: html`${lane.body}${drawn}`,
    };
  };
  return [
    faultLane(view, frame),
    ...view.probes.map((probe) => withRows(probeLane(probe, frame))),
    ...view.workloads.map((workload) => withRows(workloadLane(workload, frame))),
    nodeLane(view, frame),
    podLane(view, frame),
    runbookLane(view, frame),
  ].filter((lane) => lane !== null);
}

/** The recording, and a little more where that brings a limit into view. */
function spanEnd(view: TrialView, plan: PlanView, judgement: Judgement): number {
  const ids = [...view.probes, ...view.workloads].map(({ id }) => id);
  const limits = ids
    .flatMap((id) => criterionRows(id, view, plan, judgement))
    .flatMap(({ deadlineMs }) => (deadlineMs === null ? [] : [deadlineMs]));
  const reach = view.toMs + (view.toMs - view.fromMs) * GROW_FOR_LIMIT;
  const marginMs = (view.toMs - view.fromMs) * MARGIN_AFTER_LIMIT;
  return Math.max(view.toMs, ...limits.filter((limit) => limit <= reach).map((limit) => limit + marginMs));
}

function laneLabel({ name, note }: Lane, { labels }: Frame): Html {
  if (labels === "above") {
    return html`<text class="name" x="0" y="-7"
      >${fitText(name, NAME_PX, 150)}<tspan class="label muted" dx="8"
        >${fitText(note, LABEL_PX, 170)}</tspan
      ></text
    >`;
  }
  return html`<text class="name" x="0" y="16">${fitText(name, NAME_PX, 104)}</text
    ><text class="label muted" x="0" y="30">${fitText(note, LABEL_PX, 104)}</text>`;
}
