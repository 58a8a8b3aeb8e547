import { describe, expect, it } from "vitest";
import { formatDuration, parseDurationMs } from "./duration.ts";

describe("durations", () => {
  it.each([
    ["500ms", 500],
    ["1.5s", 1_500],
    ["2m", 120_000],
    ["1h", 3_600_000],
    [250, 250],
  ])("%s is %i ms", (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  it.each(["5", "5 minutes", "-1s", "", "s", Number.NaN])(
    "refuses %j and says what would be right",
    (text) => {
      expect(() => parseDurationMs(text as string, "within")).toThrow(/within is not a duration/);
    },
  );

  it.each([
    [350, "350 ms"],
    [41_230, "41.2 s"],
    [60_000, "1 min"],
    [125_000, "2 min 5 s"],
  ])("%i ms reads %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});
