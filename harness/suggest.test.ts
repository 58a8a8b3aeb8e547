import { describe, expect, it } from "vitest";
import { editDistance } from "./edit-distance.ts";
import { suggest } from "./suggest.ts";

describe("suggestions", () => {
  it.each([
    ["teir", "did you mean tier?"],
    ["TIER", "did you mean tier?"],
    ["sead", "did you mean seed?"],
    ["banana", "use one of tier, seed, trials"],
  ])("for %s", (received, said) => expect(suggest(received, ["tier", "seed", "trials"])).toBe(said));

  it.each([
    ["", "", 0],
    ["kitten", "sitting", 3],
    ["modle", "model", 1],
    ["abc", "", 3],
  ])("the distance of %j and %j is %i", (a, b, distance) => expect(editDistance(a, b)).toBe(distance));
});
