import type { Operation, Outcome } from "../workload-view.ts";
import type { LatencyScale, TimeScale } from "./scale.ts";
import { px } from "./scale.ts";

/** More marks than this are neither told apart by an eye nor small on disk. */
export const MAX_MARKS = 2_500;
const CELLS_PX = [1, 2, 4, 8, 16];

export interface Marks {
  /** Path data per outcome: a dot, a cross, a diamond. */
  readonly paths: Readonly<Record<Outcome, string>>;
  readonly drawn: number;
}

/** One mark per operation; where they would lie on top of each other, one for all of them. */
export function operationMarks(
  operations: readonly Operation[],
  time: TimeScale,
  latency: LatencyScale,
): Marks {
  let cells = new Map<string, { outcome: Outcome; x: number; y: number }>();
  for (const cellPx of CELLS_PX) {
    cells = new Map();
    for (const { outcome, startedMs, latencyMs } of operations) {
      const x = px(Math.round(time.x(startedMs) / cellPx) * cellPx);
      const y = px(Math.round(latency.y(latencyMs) / cellPx) * cellPx);
      cells.set(`${outcome} ${x} ${y}`, { outcome, x, y });
    }
    if (cells.size <= MAX_MARKS) break;
  }
  const paths = { ok: "", fail: "", info: "" };
  let drawn = 0;
  for (const { outcome, x, y } of cells.values()) {
    if (drawn >= MAX_MARKS) break;
    paths[outcome] += SHAPES[outcome](x, y);
    drawn += 1;
  }
  return { paths, drawn };
}

const SHAPES: Readonly<Record<Outcome, (x: number, y: number) => string>> = {
  ok: (x, y) => `M${x} ${y}h0`,
  fail: (x, y) => `M${px(x - 2.5)} ${px(y - 2.5)}l5 5m0 -5l-5 5`,
  info: (x, y) => `M${x} ${px(y - 3.5)}l3.5 3.5l-3.5 3.5l-3.5 -3.5z`,
};
