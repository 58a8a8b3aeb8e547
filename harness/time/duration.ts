import { FiredrillError } from "../error.ts";

/** A duration as people write it: `"500ms"`, `"20s"`, `"2m"`, `"1h"`, or a number of milliseconds. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h"}`;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** @throws USAGE_SCENARIO when the text is no duration. */
export function parseDurationMs(value: Duration | string, field = "duration"): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(String(value).trim());
  if (!match) {
    throw new FiredrillError("USAGE_SCENARIO", `${field} is not a duration`, {
      received: JSON.stringify(value),
      expected: 'a number of milliseconds, or text such as "500ms", "20s", "2m"',
    });
  }
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** `41230` → `"41.2 s"`, `350` → `"350 ms"`, `125000` → `"2 min 5 s"`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.round(ms / 100) / 10).toString()} s`;
  const totalSeconds = Math.round(ms / 1_000);
  const seconds = totalSeconds % 60;
  const minutes = Math.floor(totalSeconds / 60);
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}
