import { expect, test } from "vitest";
import { systemClock } from "../../harness/time/system-clock.ts";
import { virtualTime } from "../stand-ins/parts/virtual-clock.testkit.ts";
import { createMockClock } from "./clock.ts";
import type { ClockMode } from "./clock.ts";

/** A mock's clock over time that passes only by order, and who woke when. */
function harness(mode: ClockMode) {
  const time = virtualTime();
  const clock = createMockClock({ base: time.clock(() => true), epochMs: 1_000_000, mode });
  const woken: [string, number][] = [];
  const sleep = (name: string, ms: number, signal?: AbortSignal) =>
    void clock.sleep(ms, signal).then(() => woken.push([name, Math.round(clock.nowMs())]));
  return { time, clock, woken, sleep };
}

test("a scaled clock wakes its sleepers in order, sooner by the scale", async () => {
  const { time, clock, woken, sleep } = harness({ kind: "run", scale: 10 });
  sleep("late", 300);
  sleep("early", 100);
  await time.advance(9);
  expect(woken).toEqual([]);
  await time.advance(1);
  expect(woken).toEqual([["early", 100]]);
  await time.advance(20);
  expect(woken).toEqual([
    ["early", 100],
    ["late", 300],
  ]);
  expect(clock.wallMs()).toBe(1_000_300);
});

test("a frozen clock moves by order only; a scale set later counts from there", async () => {
  const { time, clock, woken, sleep } = harness({ kind: "frozen" });
  sleep("a", 50);
  sleep("b", 70);
  await time.advance(1_000);
  expect(woken).toEqual([]);
  await clock.advance(60);
  expect(woken).toEqual([["a", 50]]);
  expect(clock.nowMs()).toBe(60);
  clock.set({ kind: "run", scale: 1 });
  await time.advance(10);
  expect(woken).toEqual([
    ["a", 50],
    ["b", 70],
  ]);
});

test("an epoch that is asked for is asked again at a restart, so that today's date stays today's", () => {
  let now = 5_000_000;
  const clock = createMockClock({
    base: virtualTime().clock(() => true),
    epochMs: () => now,
    mode: { kind: "frozen" },
  });
  now += 86_400_000;
  expect(clock.wallMs()).toBe(5_000_000);
  clock.restart();
  expect(clock.wallMs()).toBe(now);
});

test("a jumping clock goes straight to the next waking, and again when woken sleep again", async () => {
  const clock = createMockClock({ base: systemClock(), epochMs: 0, mode: { kind: "jump" } });
  const startedMs = performance.now();
  for (let at = 0; at < 100; at++) await clock.sleep(60_000);
  expect(clock.nowMs()).toBe(6_000_000);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test("a signal ends a sleep, even an endless one; a restart ends all", async () => {
  const { clock, woken, sleep } = harness({ kind: "frozen" });
  const gone = new AbortController();
  sleep("endless", Infinity, gone.signal);
  sleep("other", 10);
  gone.abort();
  await clock.advance(0);
  expect(woken).toEqual([["endless", 0]]);
  clock.restart();
  await clock.advance(0);
  expect(woken).toEqual([
    ["endless", 0],
    ["other", 0],
  ]);
});
