import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clopperPearsonLowerBound, probabilityOfAtLeast } from "./binomial.ts";

describe("clopperPearsonLowerBound", () => {
  // One-sided bounds in per cent, as printed in tables of exact binomial limits.
  it.each([
    [1, 1, 0.95, 5.0],
    [3, 3, 0.95, 36.8],
    [5, 5, 0.95, 54.9],
    [10, 10, 0.95, 74.1],
    [9, 10, 0.95, 60.6],
    [20, 20, 0.95, 86.1],
    [29, 29, 0.95, 90.2],
    [28, 30, 0.95, 80.5],
    [59, 59, 0.95, 95.0],
    [3, 3, 0.9, 46.4],
    [28, 30, 0.9, 83.2],
  ])("%i of %i at confidence %f is %f %%", (successes, trials, confidence, percent) => {
    expect(clopperPearsonLowerBound(successes, trials, confidence) * 100).toBeCloseTo(percent, 1);
  });

  it("is the n-th root of 1 - confidence when every trial succeeded", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), (trials) => {
        expect(clopperPearsonLowerBound(trials, trials)).toBeCloseTo(0.05 ** (1 / trials), 9);
      }),
    );
  });

  it("lies below the observed rate, and rises with every success", () => {
    const counts = fc
      .integer({ min: 1, max: 300 })
      .chain((trials) => fc.tuple(fc.nat(trials - 1), fc.constant(trials)));
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const bound = clopperPearsonLowerBound(successes, trials);
        expect(bound).toBeLessThanOrEqual(successes / trials);
        expect(clopperPearsonLowerBound(successes + 1, trials)).toBeGreaterThan(bound);
      }),
    );
  });

  it("refuses what is no count", () => {
    for (const [successes, trials] of [
      [4, 3],
      [-1, 3],
      [0, 0],
      [0.5, 2],
      [1, 1e9],
    ] as const) {
      expect(() => clopperPearsonLowerBound(successes, trials)).toThrow("no bound can be computed");
    }
  });
});

describe("probabilityOfAtLeast", () => {
  it("agrees with a sum by hand", () => {
    expect(probabilityOfAtLeast(2, 3, 0.5)).toBeCloseTo(0.5, 12);
    expect(probabilityOfAtLeast(1, 4, 0.1)).toBeCloseTo(1 - 0.9 ** 4, 12);
  });
});
