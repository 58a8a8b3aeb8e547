import fc from "fast-check";
import { expect, test } from "vitest";
import { EventQueue } from "./event-queue.ts";

test("events come out by time, and those of one instant in the order of scheduling", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 })), (times) => {
      const queue = new EventQueue();
      for (const [seq, timeUs] of times.entries()) queue.push({ timeUs, seq, run: null });
      const out: [number, number][] = [];
      for (let event = queue.pop(); event; event = queue.pop()) out.push([event.timeUs, event.seq]);
      const sorted = [...times.entries()].map(([seq, timeUs]) => [timeUs, seq]);
      sorted.sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);
      expect(out).toEqual(sorted);
    }),
  );
});

test("pushing and popping in turn keeps the order", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat({ max: 50 }))), (steps) => {
      const queue = new EventQueue();
      let model: number[] = [];
      for (const [seq, step] of steps.entries()) {
        if (step !== null) {
          queue.push({ timeUs: step, seq, run: null });
          model.push(step);
          continue;
        }
        const least = model.length === 0 ? undefined : Math.min(...model);
        expect(queue.pop()?.timeUs).toBe(least);
        if (least !== undefined) model = model.toSpliced(model.indexOf(least), 1);
      }
    }),
  );
});
