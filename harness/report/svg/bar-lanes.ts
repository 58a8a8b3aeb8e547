import { formatDuration } from "../../time/duration.ts";
import { faultTitle } from "../fault-view.ts";
import { html } from "../html/html.ts";
import type { StepView } from "../runbook-view.ts";
import type { TrialView } from "../trial-view.ts";
import { numberedTitle } from "../words.ts";
import { type BarRow, SLIM_ROW_PX, slimBarRow, TALL_ROW_PX, tallBarRow } from "./bar-row.ts";
import type { Frame, Lane } from "./lane.ts";

/** More rows than this make a chart that nobody reads; the tables have them all. */
const MAX_ROWS = 16;

/** A bar per fault, from the instant it was confirmed until it was reverted. */
export function faultLane({ faults, toMs }: TrialView, frame: Frame): Lane | null {
  const rows = faults.flatMap((fault): BarRow[] => {
    const fromMs = fault.confirmedMs ?? fault.appliedMs;
    if (fromMs === null) return [];
    const endMs = fault.revertedMs ?? toMs;
    const unseen = fault.confirmedMs === null;
    const text = `${faultTitle(fault)} · ${unseen ? "? not seen to take effect" : `in effect ${formatDuration(endMs - fromMs)}`}`;
    return [{ className: "fault", text, fromMs, toMs: endMs, tailToMs: null, hatched: unseen }];
  });
  return barLane(faults.length === 1 ? "Fault" : "Faults", rows, "fault", true, frame);
}

/** A bar per step of the runbook, in order. */
export function runbookLane({ runbook, toMs }: TrialView, frame: Frame): Lane | null {
  const rows = (runbook?.steps ?? []).map((step, index): BarRow => {
    const bad = !step.good;
    return {
      className: `step ${bad ? "failed" : "done"}`,
      text: stepText(step, index),
      fromMs: step.startedMs,
      toMs: step.endedMs ?? toMs,
      tailToMs: step.waitedUntilMs,
      hatched: bad,
    };
  });
  return barLane("Runbook", rows, "step", frame.labels === "above", frame);
}

/** The mark stands first, because the end of a long text may be cut. */
function stepText(step: StepView, index: number): string {
  const { outcome, good, startedMs, endedMs, waitedUntilMs } = step;
  const name = numberedTitle(step.title, index);
  if (endedMs === null) return `? ${name} · cut off`;
  const took = formatDuration(endedMs - startedMs);
  const waited = waitedUntilMs === null ? "" : ` + ${formatDuration(waitedUntilMs - endedMs)} wait`;
  if (good) return `✓ ${name} · ${took}${waited}`;
  return `✗ ${name} · ${outcome === "done" ? "not as expected" : outcome}, ${took}${waited}`;
}

function barLane(
  name: string,
  rows: readonly BarRow[],
  noun: string,
  tall: boolean,
  frame: Frame,
): Lane | null {
  if (rows.length === 0) return null;
  const shown = rows.slice(0, MAX_ROWS);
  const left = rows.length - shown.length;
  const [draw, rowPx] = tall ? [tallBarRow, TALL_ROW_PX] : [slimBarRow, SLIM_ROW_PX];
  const body = html`${shown.map((row, index) => draw(row, index * rowPx, frame))}`;
  const note = left === 0 ? "" : `first ${shown.length} of ${rows.length} ${noun}s`;
  return { name, note, heightPx: shown.length * rowPx + 4, body };
}
