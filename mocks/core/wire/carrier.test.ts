import fc from "fast-check";
import { expect, test } from "vitest";
import { keyedRandom } from "../../../harness/service/random.ts";
import { systemClock } from "../../../harness/time/system-clock.ts";
import { createMockClock } from "../clock.ts";
import { createCarrier } from "./carrier.ts";
import type { WirePlan } from "./plan.ts";

const CLEAR: WirePlan = {
  delayMs: 0,
  bytesPerSec: null,
  slice: null,
  stall: null,
  corrupt: null,
  cut: null,
  dead: false,
};

/** Carries chunks by a plan on a jumping clock: the pieces, when they came, and how it ended. */
async function carry(plan: Partial<WirePlan>, chunks: readonly string[], bodyAt = 0) {
  const clock = createMockClock({ base: systemClock(), epochMs: 0, mode: { kind: "jump" } });
  const carrier = createCarrier(clock, { ...CLEAR, ...plan }, bodyAt, new AbortController().signal);
  const pieces: { text: string; atMs: number }[] = [];
  let end = "open";
  try {
    for (const chunk of chunks)
      for await (const piece of carrier.pieces(Buffer.from(chunk, "latin1")))
        pieces.push({ text: Buffer.from(piece).toString("latin1"), atMs: clock.nowMs() });
  } catch (error) {
    end = (error as { mode: string }).mode;
  }
  return { pieces, text: pieces.map(({ text }) => text).join(""), end };
}

const texts = fc.array(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 40 }), { maxLength: 5 });
const slice = fc.record({ bytes: fc.integer({ min: 1, max: 20 }), gapMs: fc.integer({ min: 0, max: 50 }) });

test("slices and throttles change the times and never the bytes", async () => {
  await fc.assert(
    fc.asyncProperty(
      texts,
      slice,
      fc.option(fc.integer({ min: 1, max: 1_000 })),
      async (chunks, cuts, bytesPerSec) => {
        const { pieces, text } = await carry({ slice: cuts, bytesPerSec }, chunks);
        expect(text).toBe(chunks.join(""));
        expect(Math.max(0, ...pieces.map((piece) => piece.text.length))).toBeLessThanOrEqual(cuts.bytes);
      },
    ),
    { numRuns: 40 },
  );
});

test("a cut lets exactly so many bytes through", async () => {
  await fc.assert(
    fc.asyncProperty(texts, fc.nat(120), fc.nat(10), async (chunks, afterBytes, bodyAt) => {
      const whole = chunks.join("");
      const { text, end } = await carry({ cut: { phase: "body", afterBytes, mode: "rst" } }, chunks, bodyAt);
      const reached = whole.length >= bodyAt + afterBytes && chunks.length > 0;
      expect(text).toBe(whole.slice(0, bodyAt + afterBytes));
      expect(end).toBe(reached ? "rst" : "open");
    }),
    { numRuns: 100 },
  );
});

test("a stall takes its time once, at its byte", async () => {
  const { pieces } = await carry({ stall: { phase: "headers", afterBytes: 3, ms: 500 } }, ["abcdef", "gh"]);
  expect(pieces).toEqual([
    { text: "abc", atMs: 0 },
    { text: "def", atMs: 500 },
    { text: "gh", atMs: 500 },
  ]);
});

test("a throttle takes as long as it says", async () => {
  const { pieces } = await carry({ bytesPerSec: 100 }, ["x".repeat(300), "y"]);
  expect(pieces.at(-1)?.atMs).toBeCloseTo(3_000, 6);
});

test("corruption flips about so many bytes as it says, after the headers, and the same ones for a seed", async () => {
  const head = "h".repeat(500);
  const play = () =>
    carry(
      { corrupt: { phase: "body", rate: 0.1, random: keyedRandom(3, "c") } },
      [head + "b".repeat(5_000)],
      500,
    );
  const { text } = await play();
  expect(text.slice(0, 500)).toBe(head);
  const flipped = text.slice(500).replaceAll("b", "").length;
  expect(flipped).toBeGreaterThan(400);
  expect(flipped).toBeLessThan(600);
  expect((await play()).text).toBe(text);
});
