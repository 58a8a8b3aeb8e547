import { describe, expect, it } from "vitest";
import { checked, newTarget } from "./targets.ts";

/** The state after each of these checks, `+` good and `-` bad, as `I` in and `O` out. */
function after(checks: string): string {
  let target = newTarget("http://a");
  return [...checks].map((check) => ((target = checked(target, check === "+")).healthy ? "I" : "O")).join("");
}

describe("a target", () => {
  it.each([
    ["++", "OI"],
    ["+-+-+", "OOOOO"],
    ["++-+-+", "OIIIII"],
    ["++--", "OIIO"],
    ["++--++", "OIIOOI"],
    ["--+", "OOO"],
  ])("checked %s goes %s", (checks, states) => {
    expect(after(checks)).toBe(states);
  });
});
