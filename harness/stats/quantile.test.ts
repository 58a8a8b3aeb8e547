import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearestRank } from "./quantile.ts";

describe("nearestRank", () => {
  it("answers with a value that was seen", () => {
    const values = [15, 20, 35, 40, 50];
    expect([0.05, 0.3, 0.4, 0.5, 1].map((quantile) => nearestRank(values, quantile))).toEqual([
      15, 20, 20, 35, 50,
    ]);
    expect(nearestRank([], 0.5)).toBeNull();
  });

  it("leaves at least the asked share of all values at or below it", () => {
    const values = fc.array(fc.integer(), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.001, max: 1, noNaN: true }), (seen, quantile) => {
        const value = nearestRank(seen, quantile)!;
        expect(seen).toContain(value);
        expect(seen.filter((other) => other <= value).length).toBeGreaterThanOrEqual(
          quantile * seen.length - 1e-9,
        );
      }),
    );
  });
});
