import fc from "fast-check";
import { expect, test } from "vitest";
import { createBucket } from "./buckets.ts";
import { clientsOf, REACH } from "./clients.testkit.ts";
import { CHAT } from "./fault-case.testkit.ts";
import { goDuration } from "./openai/headers.ts";

test("over any time a bucket gives at most its limit and what has flowed in since", () => {
  const steps = fc.array(fc.record({ waitMs: fc.nat(20_000), share: fc.integer({ min: 1, max: 100 }) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), steps, (limit, list) => {
      const bucket = createBucket(limit, 0);
      let nowMs = 0;
      let taken = 0;
      for (const { waitMs, share } of list) {
        const amount = Math.ceil((limit * share) / 100);
        nowMs += waitMs;
        const wait = bucket.take(amount, nowMs);
        if (wait > 0) {
          nowMs += wait + 0.001;
          expect(bucket.take(amount, nowMs)).toBe(0);
        }
        taken += amount;
        expect(taken).toBeLessThanOrEqual(limit + (limit * nowMs) / 60_000 + 1e-6);
      }
    }),
  );
});

test("remaining falls, and comes back by the clock", () => {
  const bucket = createBucket(60, 0);
  bucket.take(60, 0);
  expect(bucket.remaining(0)).toBe(0);
  expect(bucket.take(1, 0)).toBe(1_000);
  expect(bucket.remaining(5_000)).toBe(5);
  bucket.spend(10, 5_000);
  expect(bucket.remaining(5_000)).toBe(0);
  expect(bucket.fullInMs(5_000)).toBe(65_000);
});

test.each([
  [0, "0s"],
  [120, "120ms"],
  [1_000, "1s"],
  [1_500, "1.5s"],
  [360_000, "6m0s"],
  [3_661_000, "1h1m1s"],
])("%i ms is %s", (ms, text) => expect(goDuration(ms)).toBe(text));

test("an answer of several whose second is refused gives back the slot of its first", async () => {
  const reached = await REACH.standalone({
    settings: { engine: "8b-h100", rpm: "1" },
    mode: { kind: "jump" },
  });
  const { openai } = clientsOf(reached, { maxRetries: 0 });
  await expect(openai.chat.completions.create({ ...CHAT, n: 2 })).rejects.toMatchObject({ status: 429 });
  expect(reached.mock.built.state()).toMatchObject({ engine: { running: 0, waiting: 0, kvUsage: 0 } });
  await reached.close();
});
