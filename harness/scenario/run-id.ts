import { randomInt } from "node:crypto";

/** Six letters and digits: short enough to type, and two of a million runs on one machine share one once in 2,000. */
export function newRunId(): string {
  return Array.from({ length: 6 }, () => randomInt(36).toString(36)).join("");
}
