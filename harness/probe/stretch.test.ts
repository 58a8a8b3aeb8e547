import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Stretch } from "./stretch.ts";

describe("a stretch", () => {
  it("knows nothing before the first answer", () => {
    const stretch = new Stretch();
    stretch.asked(0);
    expect([stretch.goodSinceMs(), stretch.isBad(), stretch.hasHeld(0, 0)]).toEqual([null, false, false]);
  });

  it("begins with the first good question after a bad one", () => {
    const stretch = new Stretch();
    for (const [at, ok] of [
      [0, true],
      [100, false],
      [200, true],
      [300, true],
    ] as const)
      stretch.asked(at)(ok);
    expect(stretch.goodSinceMs()).toBe(200);
    expect(stretch.hasHeld(100, 0)).toBe(true);
    expect(stretch.hasHeld(101, 0)).toBe(false);
    expect(stretch.hasHeld(50, 250)).toBe(true);
    expect(stretch.hasHeld(51, 250)).toBe(false);
  });

  it("is cut short afterwards by the late bad answer to an early question, and proves nothing until then", () => {
    const stretch = new Stretch();
    stretch.asked(0)(true);
    const late = stretch.asked(100);
    stretch.asked(200)(true);
    expect(stretch.goodSinceMs()).toBe(0);
    expect(stretch.hasHeld(200, 0)).toBe(false);
    late(false);
    expect(stretch.goodSinceMs()).toBe(200);
    expect(stretch.isBad()).toBe(false);
  });

  it("turns bad at the first bad answer, open earlier questions or not", () => {
    const stretch = new Stretch();
    stretch.asked(0)(true);
    stretch.asked(100);
    stretch.asked(200)(false);
    expect(stretch.isBad()).toBe(true);
  });

  it("comes to the same in the end, in whatever order the answers arrive", () => {
    const anOrder = fc
      .array(fc.boolean(), { minLength: 1, maxLength: 12 })
      .chain((oks) =>
        fc.tuple(fc.constant(oks), fc.shuffledSubarray([...oks.keys()], { minLength: oks.length })),
      );
    fc.assert(
      fc.property(anOrder, ([oks, order]) => {
        const stretch = new Stretch();
        const answers = oks.map((_, index) => stretch.asked(index * 10));
        for (const index of order) answers[index]!(oks[index]!);
        const lastBad = oks.lastIndexOf(false);
        const since = lastBad === oks.length - 1 ? null : (lastBad + 1) * 10;
        expect(stretch.goodSinceMs()).toBe(since);
        expect(stretch.isBad()).toBe(since === null);
        const heldMs = since === null ? -1 : (oks.length - 1) * 10 - since;
        expect(stretch.hasHeld(Math.max(0, heldMs), 0)).toBe(since !== null);
        expect(stretch.hasHeld(heldMs + 1, 0)).toBe(false);
      }),
    );
  });
});
