import { describe, expect, it } from "vitest";
import { near } from "./near.ts";

describe("a near miss", () => {
  it.each(["step", "Step", "STEP", "stpe", "steps", "step:", "tep", "stap"])("of step is %s", (word) => {
    expect(near(word, "step", 1)).toBe(true);
  });
  it.each(["", "todo", "start", "pets", "stages", "note", "test"])("of step is not %s", (word) => {
    expect(near(word, "step", 1)).toBe(false);
  });
});
