import { expect, it } from "vitest";
import { systemClock } from "../../../time/system-clock.ts";
import { keepFresh, oneAtATime } from "./keep-fresh.ts";

it("does the work once for a burst of changes, and again for those that come meanwhile", async () => {
  const stopping = new AbortController();
  const begun: (() => void)[] = [];
  const fresh = keepFresh(
    () => new Promise((resolve) => begun.push(resolve)),
    systemClock(),
    stopping.signal,
  );
  for (let count = 0; count < 5; count++) fresh.wake();
  await expect.poll(() => begun.length).toBe(1);
  fresh.wake();
  begun[0]?.();
  await expect.poll(() => begun.length).toBe(2);
  begun[1]?.();
  stopping.abort();
  await fresh.ended;
  expect(begun).toHaveLength(2);
});

it("tries again after a failure", async () => {
  const stopping = new AbortController();
  let tries = 0;
  const fresh = keepFresh(
    async () => {
      if (++tries === 1) throw new Error("not now");
    },
    systemClock(),
    stopping.signal,
  );
  fresh.wake();
  await expect.poll(() => tries, { timeout: 10_000 }).toBe(2);
  stopping.abort();
  await fresh.ended;
});

it("never does two at once, and goes on after a failure", async () => {
  let running = 0;
  const seen: number[] = [];
  const work = oneAtATime(async () => {
    seen.push(++running);
    await Promise.resolve();
    running--;
    if (seen.length === 1) throw new Error("no");
  });
  const results = await Promise.allSettled([work(), work(), work()]);
  expect(seen).toEqual([1, 1, 1]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
});
