import { readFileSync } from "node:fs";
import { z } from "zod";
import { FiredrillError } from "../error.ts";
import { eventSchema, type FiredrillEvent } from "./vocabulary.ts";

export interface StoredEvents {
  readonly events: readonly FiredrillEvent[];
  /** The number of the line that was cut off in mid-write, or null when the file is whole. */
  readonly tornLine: number | null;
}

/**
 * Reads `events.jsonl`. A last line without its newline was cut off by a crash: it is left out and reported.
 * @throws USAGE_RUN when there is no such file, RUN_EVENTS when a whole line is no event.
 */
export function readEvents(file: string): StoredEvents {
  const lines = readText(file).split("\n");
  const rest = lines.pop() ?? "";
  const events = lines.map((line, index) => parseLine(line, index + 1, file));
  return { events, tornLine: rest === "" ? null : lines.length + 1 };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new FiredrillError("USAGE_RUN", "this folder holds no recorded run", {
      received: file,
      expected: "a run's folder with an events.jsonl in it",
      hint: "firedrill ls lists the runs there are",
      cause,
    });
  }
}

function parseLine(line: string, number: number, file: string): FiredrillEvent {
  const parsed = eventSchema.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  throw new FiredrillError(
    "RUN_EVENTS",
    `${file}:${number} is not an event: ${z.prettifyError(parsed.error)}`,
    {
      received: line.slice(0, 200),
      expected: "one JSON event on each line, as Firedrill wrote it",
      hint: "restore the file from where the run was stored: an edited or damaged log can't be judged",
    },
  );
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
