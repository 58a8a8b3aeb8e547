import fc from "fast-check";
import { expect, test } from "vitest";
import { latencyScale, timeScale, wholeStepMs } from "./scale.ts";
import { fitText, textWidthPx } from "./text-width.ts";

test("ticks stand in whole steps from 0, inside the span, with room for their labels", () => {
  const spans = fc.record({
    fromMs: fc.integer({ min: 0, max: 1_000_000 }),
    lengthMs: fc.integer({ min: 1, max: 100_000_000 }),
    widthPx: fc.integer({ min: 200, max: 2_000 }),
  });
  fc.assert(
    fc.property(spans, fc.double({ min: 0, max: 1, noNaN: true }), ({ fromMs, lengthMs, widthPx }, part) => {
      const zeroMs = Math.round(fromMs + lengthMs * part);
      const scale = timeScale({ fromMs, toMs: fromMs + lengthMs, zeroMs, leftPx: 10, rightPx: 10 + widthPx });
      const places = scale.ticks.map(({ atMs }) => scale.x(atMs));
      for (const [index, x] of places.entries()) {
        expect(x).toBeGreaterThanOrEqual(10);
        expect(x).toBeLessThanOrEqual(10 + widthPx);
        const before = places[index - 1];
        if (before !== undefined && lengthMs >= 1_000) expect(x - before).toBeGreaterThan(60);
      }
      if (scale.ticks.length > 0 && lengthMs > 1_000) {
        expect(scale.ticks.map(({ label }) => label)).toContain("0");
      }
    }),
  );
});

test("labels are what people say", () => {
  const scale = timeScale({ fromMs: 0, toMs: 60_000, zeroMs: 10_000, leftPx: 0, rightPx: 700 });
  expect(scale.ticks.map(({ label }) => label).slice(0, 4)).toEqual(["−10 s", "0", "10 s", "20 s"]);
  const hour = timeScale({ fromMs: 0, toMs: 3_600_000, zeroMs: 0, leftPx: 0, rightPx: 700 });
  expect(hour.ticks.map(({ label }) => label).slice(0, 3)).toEqual(["0", "10 min", "20 min"]);
  expect(wholeStepMs(1_100)).toBe(2_000);
});

test("latency: slower is higher, and nothing leaves the plot", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      (a, b) => {
        const { y } = latencyScale(5_000, 6, 96);
        for (const latency of [a, b]) expect(y(latency)).toBeGreaterThanOrEqual(6);
        for (const latency of [a, b]) expect(y(latency)).toBeLessThanOrEqual(96);
        if (a < b) expect(y(a)).toBeGreaterThanOrEqual(y(b));
      },
    ),
  );
});

test("a cut text fits its room", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 400 }), (text, room) => {
      expect(textWidthPx(fitText(text, 11, room), 11)).toBeLessThanOrEqual(room);
    }),
  );
});
