import type { createColors } from "picocolors";
import { type StoryLine, TONE_MARKS, type Tone } from "../story/line.ts";

type Paint = (text: string) => string;
type Colors = ReturnType<typeof createColors>;

/** One story line as the terminal shows it: time, mark, topic and text in columns. */
export function layoutLine(line: StoryLine, colors: Colors): string {
  const paint = tonePaint(line.tone, colors);
  const topic = line.topic.padEnd(9);
  return `${colors.dim(elapsed(line.t))}  ${paint(TONE_MARKS[line.tone])} ${colors.bold(topic)} ${line.tone === "plain" ? line.text : paint(line.text)}`;
}

/** Seconds on the trial's clock, right-aligned: `"   8.2 s"`. */
export function elapsed(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`.padStart(9);
}

export function tonePaint(tone: Tone, colors: Colors): Paint {
  if (tone === "good") return colors.green;
  if (tone === "bad") return colors.red;
  return tone === "unsure" ? colors.yellow : (text) => text;
}

/** At most `columns` characters, so that a line that is painted over never wraps. */
export function fit(text: string, columns: number): string {
  const characters = [...text];
  return characters.length <= columns ? text : `${characters.slice(0, Math.max(0, columns - 1)).join("")}…`;
}
