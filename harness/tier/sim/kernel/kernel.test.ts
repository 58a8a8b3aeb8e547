import { setTimeout as realSleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { harnessClock } from "./clock.ts";
import { Kernel } from "./kernel.ts";

test("sleeps end in the order of their time, at their time", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  const seen: string[] = [];
  const nap = async (name: string, ms: number) => {
    await clock.sleep(ms);
    seen.push(`${name}@${clock.nowMs()}`);
  };
  await Promise.all([nap("c", 30), nap("a", 10), nap("b", 20), nap("a2", 10), nap("tiny", 0.001)]);
  expect(seen).toEqual(["tiny@0.001", "a@10", "a2@10", "b@20", "c@30"]);
});

test("a chain of awaits runs to its end before the next event, however deep it is", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  const deep = async (levels: number): Promise<number> =>
    levels === 0 ? clock.nowMs() : await deep(levels - 1);
  const seen: number[] = [];
  const first = async () => {
    await clock.sleep(1);
    for (let round = 0; round < 20; round++) seen.push(await deep(100));
  };
  const second = async () => {
    await clock.sleep(1.001);
    seen.push(-1);
  };
  await Promise.all([first(), second()]);
  expect(seen).toEqual([...Array<number>(20).fill(1), -1]);
});

test("a sleep ends early when its signal is aborted, and at once when it already is", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  const abort = new AbortController();
  kernel.after(5, () => abort.abort());
  await clock.sleep(1_000_000, abort.signal);
  expect(clock.nowMs()).toBe(5);
  await clock.sleep(1_000_000, abort.signal);
  expect(clock.nowMs()).toBe(5);
});

test("an endless sleep ends with its signal", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  const abort = new AbortController();
  kernel.after(7, () => abort.abort());
  await clock.sleep(Number.POSITIVE_INFINITY, abort.signal);
  expect(clock.nowMs()).toBe(7);
});

test("a loop that sleeps what is left until a moment gets there", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  await clock.sleep(0.3);
  const endMs = clock.nowMs() + 1e-9;
  while (clock.nowMs() < endMs) await clock.sleep(endMs - clock.nowMs());
  expect(clock.nowMs()).toBe(0.301);
});

test("time stands still while nobody in the harness waits", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  let ticks = 0;
  const tick = () => {
    ticks += 1;
    kernel.after(1, tick);
  };
  tick();
  await realSleep(20);
  expect(ticks).toBe(1);
  await clock.sleep(10.5);
  expect(ticks).toBe(11);
  await realSleep(20);
  expect([ticks, clock.nowMs()]).toEqual([11, 10.5]);
});

test("time stands still while somebody freezes it", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  const unfreeze = kernel.freeze();
  let over = false;
  const sleeping = clock.sleep(5).then(() => (over = true));
  await realSleep(20);
  expect(over).toBe(false);
  unfreeze();
  unfreeze();
  await sleeping;
  expect(clock.nowMs()).toBe(5);
});

test("a cancelled event does not run", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  const cancel = kernel.after(1, () => expect.unreachable());
  cancel();
  await clock.sleep(2);
});

test("a loop that never lets time pass fails every wait, with a hint", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  const again = () => void kernel.after(0, again);
  kernel.after(3, again);
  await expect(clock.sleep(10)).rejects.toMatchObject({
    code: "RUN_MODEL",
    received: expect.stringContaining("3 ms"),
  });
  await expect(clock.sleep(1)).rejects.toMatchObject({ code: "RUN_MODEL" });
});

test("an event that throws fails every wait", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  kernel.after(1, () => {
    throw new Error("broken model");
  });
  await expect(clock.sleep(10)).rejects.toThrow("broken model");
});

test("the real event loop turns while a long simulation runs", async () => {
  const kernel = new Kernel();
  const clock = harnessClock(kernel);
  let over = false;
  let turned = false;
  const tick = () => void kernel.after(1, tick);
  tick();
  setImmediate(() => (turned = !over));
  await clock.sleep(300_000);
  over = true;
  expect(turned).toBe(true);
});
