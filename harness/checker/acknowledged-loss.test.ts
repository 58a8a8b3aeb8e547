import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findLostOperations } from "./acknowledged-loss.ts";
import { CORRECT, LOST_WRITE } from "./histories.testkit.ts";

describe("findLostOperations", () => {
  it("accepts a correct history, in which an operation of unknown outcome is present", () => {
    expect(findLostOperations(CORRECT.acknowledged, CORRECT.records)).toEqual([]);
  });

  it("catches a write that was acknowledged and is gone", () => {
    expect(findLostOperations(LOST_WRITE.acknowledged, LOST_WRITE.records).map(({ op }) => op)).toEqual([
      "b",
    ]);
  });

  it("takes records without a key for what they are: no proof of anything", () => {
    const records = [null, 7, "a", [], { id: 1 }, { key: "a" }];
    expect(findLostOperations([{ op: "a" }, { op: "b" }], records)).toEqual([{ op: "b" }]);
  });

  it("finds exactly what was taken away", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.uuid(), fc.boolean()), { selector: ([op]) => op }),
        (operations) => {
          const records = operations.filter(([, kept]) => kept).map(([key]) => ({ key }));
          const lost = findLostOperations(
            operations.map(([op]) => ({ op })),
            records,
          );
          expect(lost.map(({ op }) => op)).toEqual(operations.filter(([, kept]) => !kept).map(([op]) => op));
        },
      ),
    );
  });
});
