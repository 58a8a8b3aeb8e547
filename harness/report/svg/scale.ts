/** Milliseconds of the trial to a horizontal position, and the marks of its axis. */
export interface TimeScale {
  readonly leftPx: number;
  readonly rightPx: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Clamped to the drawn span. */
  x(ms: number): number;
  /** Instants for the axis, in whole steps from `zeroMs`. */
  readonly ticks: readonly { readonly atMs: number; readonly label: string }[];
}

/** A mark of the axis needs about this much room. */
const TICK_PX = 64;
/** What people read easily on a clock, in seconds. */
const STEPS_S = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400,
];
const MAX_TICKS = 60;

export function timeScale(span: {
  readonly fromMs: number;
  readonly toMs: number;
  readonly zeroMs: number;
  readonly leftPx: number;
  readonly rightPx: number;
}): TimeScale {
  const { fromMs, toMs, zeroMs, leftPx, rightPx } = span;
  const perMs = (rightPx - leftPx) / (toMs - fromMs);
  const x = (ms: number): number => px(leftPx + (Math.min(Math.max(ms, fromMs), toMs) - fromMs) * perMs);
  const stepMs = wholeStepMs(TICK_PX / perMs);
  const ticks: { atMs: number; label: string }[] = [];
  const first = Math.ceil((fromMs - zeroMs) / stepMs);
  for (let n = first; n < first + MAX_TICKS && zeroMs + n * stepMs <= toMs; n += 1) {
    ticks.push({ atMs: zeroMs + n * stepMs, label: tickLabel((n * stepMs) / 1_000, stepMs) });
  }
  return { leftPx, rightPx, fromMs, toMs, x, ticks };
}

/** The next longer stretch that people read easily on a clock; a week at most. */
export function wholeStepMs(atLeastMs: number): number {
  return (STEPS_S.find((step) => step * 1_000 >= atLeastMs) ?? 604_800) * 1_000;
}

/** Seconds up to two minutes of step, then minutes: `"-5 s"`, `"0"`, `"10 s"`, `"4 min"`. */
function tickLabel(seconds: number, stepMs: number): string {
  if (seconds === 0) return "0";
  const text = stepMs >= 60_000 ? `${seconds / 60} min` : `${Number(seconds.toFixed(1))} s`;
  return text.replace("-", "\u2212");
}

/** Milliseconds of latency to a height, on a logarithmic scale: 1 ms and 10 s both stay readable. */
export interface LatencyScale {
  y(latencyMs: number): number;
  readonly ticks: readonly { readonly latencyMs: number; readonly label: string }[];
}

const DECADES_MS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

export function latencyScale(maxMs: number, topPx: number, bottomPx: number): LatencyScale {
  const highest = DECADES_MS.find((decade) => decade >= maxMs) ?? 1_000_000;
  const span = Math.max(1, Math.log10(highest));
  const y = (latencyMs: number): number => {
    const part = Math.log10(Math.min(Math.max(latencyMs, 1), highest)) / span;
    return px(bottomPx - part * (bottomPx - topPx));
  };
  const ticks = DECADES_MS.filter((decade) => decade <= highest).map((latencyMs) => ({
    latencyMs,
    label: latencyMs < 1_000 ? `${latencyMs} ms` : `${latencyMs / 1_000} s`,
  }));
  return { y, ticks };
}

/** A tenth of a pixel is fine enough, and keeps the page small. */
export const px = (value: number): number => Math.round(value * 10) / 10;
