import fc from "fast-check";
import { expect, test } from "vitest";
import { CARD_KEYS, cardOf } from "../catalogue/cards.ts";
import { nextMoment, restingMoment } from "./physics.ts";
import type { Load, Moment, Surroundings } from "./physics.ts";

const FULL: Load = { utilisation: 1, memoryUtilisation: 0.5, intensity: 0.9 };

/** So many seconds under the same conditions. */
function after(seconds: number, key: string, around: Partial<Surroundings> = {}): Moment {
  const card = cardOf(key);
  const all = {
    load: FULL,
    ambientC: 25,
    fanFailed: false,
    throttleAtC: null,
    capWatts: card.power.limit,
    ...around,
  };
  let moment = restingMoment(card, all.ambientC);
  for (let at = 0; at < seconds; at++) moment = nextMoment(card, moment, all, 1_000);
  return moment;
}

// Public captures under full load (utkuozdemir/nvidia_gpu_exporter).
test.each([
  ["h200", 627, 52, 35],
  ["h100_sxm", 632, 59, 26],
])("%s settles where the capture has it: %i W, %i °C, %i °C to its limit", (key, watts, celsius, left) => {
  const { watts: drawn, celsius: hot, clockMhz, reasons } = after(600, key);
  const { thermal } = cardOf(key);
  expect(Math.abs(drawn - watts)).toBeLessThan(4);
  expect([Math.round(hot), (thermal.limitSum ?? 0) - Math.round(hot)]).toEqual([celsius, left]);
  expect([clockMhz, Object.values(reasons)]).toEqual([1_980, [false, false, false, false]]);
});

test.each(CARD_KEYS)(
  "%s under a full load does not throttle in cool air, and does with a dead fan",
  (key) => {
    expect(after(600, key).scale).toBe(1);
    const hot = after(1_200, key, { fanFailed: true });
    expect(hot.scale).toBeLessThan(0.9);
    expect(hot.celsius).toBeLessThan(cardOf(key).thermal.shutdown);
    expect(hot.reasons.softwareThermal || hot.reasons.hardwareThermal).toBe(true);
    expect(hot.violations.thermalMs).toBeGreaterThan(0);
  },
);

test("a power cap holds: the clocks that are left draw no more", () => {
  const capped = after(60, "h100_sxm", { capWatts: 300 });
  expect(capped.watts).toBeLessThanOrEqual(300.001);
  expect(capped.clockMhz).toBeLessThan(1_980);
  expect(capped.reasons.softwarePower).toBe(true);
});

test("idle: low clocks, idle power, and the reason says so", () => {
  const idle = after(60, "t4", { load: { ...FULL, utilisation: 0 } });
  expect(idle).toMatchObject({ clockMhz: 300, watts: 10, reasons: { idle: true } });
});

test("whatever happens, watts, clocks and heat stay within what a card can do", () => {
  const step = fc.record({
    load: fc.record({
      utilisation: fc.double({ min: 0, max: 1, noNaN: true }),
      memoryUtilisation: fc.double({ min: 0, max: 1, noNaN: true }),
      intensity: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    ambientC: fc.integer({ min: 15, max: 60 }),
    fanFailed: fc.boolean(),
    throttleAtC: fc.option(fc.integer({ min: 30, max: 100 })),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    stepMs: fc.constantFrom(1_000, 5_000, 60_000),
  });
  fc.assert(
    fc.property(fc.constantFrom(...CARD_KEYS), fc.array(step, { maxLength: 40 }), (key, steps) => {
      const card = cardOf(key);
      let moment = restingMoment(card, 25);
      for (const { share, stepMs, ...around } of steps) {
        const before = moment;
        const capWatts = card.power.min + share * (card.power.limit - card.power.min);
        moment = nextMoment(card, moment, { ...around, capWatts }, stepMs);
        expect(moment.watts).toBeLessThanOrEqual(card.power.limit);
        expect(moment.clockMhz).toBeLessThanOrEqual(card.clocks.boost);
        expect(moment.joules).toBeGreaterThanOrEqual(before.joules);
        expect(moment.celsius).toBeGreaterThan(14);
        expect(moment.celsius).toBeLessThan(400);
      }
    }),
    { numRuns: 60 },
  );
});
