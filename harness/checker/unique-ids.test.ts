import { describe, expect, it } from "vitest";
import { CORRECT, REUSED_ID } from "./histories.testkit.ts";
import { findDuplicateIds } from "./unique-ids.ts";

describe("findDuplicateIds", () => {
  it("accepts a correct history", () => {
    expect(findDuplicateIds(CORRECT.acknowledged)).toEqual({ duplicates: [], withoutId: [] });
  });

  it("catches an id that was given to two operations", () => {
    const { duplicates } = findDuplicateIds(REUSED_ID.acknowledged);
    expect(duplicates.map(({ id, operations }) => [id, operations.map(({ op }) => op)])).toEqual([
      ["2", ["b", "c"]],
    ]);
  });

  it("allows a retry to get the id of its first attempt", () => {
    const twice = [...CORRECT.acknowledged, CORRECT.acknowledged[0]!];
    expect(findDuplicateIds(twice).duplicates).toEqual([]);
  });

  it("sets answers without an id aside", () => {
    const operations = [
      { op: "a", value: null },
      { op: "b", value: { id: {} } },
      { op: "c", value: { id: "x" } },
    ];
    expect(findDuplicateIds(operations).withoutId.map(({ op }) => op)).toEqual(["a", "b"]);
  });
});
