import { expect, it } from "vitest";
import { together } from "./together.ts";

const signal = new AbortController().signal;

it("returns the results in order", async () => {
  expect(await together([1, 2], signal, async (number) => number * 2)).toEqual([2, 4]);
});

it("ends the rest at the first failure, and throws when all have ended", async () => {
  let ended = false;
  const work = async (name: string, within: AbortSignal) => {
    if (name === "bad") throw new Error("bad");
    await new Promise((resolve) => within.addEventListener("abort", resolve, { once: true }));
    await Promise.resolve();
    ended = true;
    throw new Error("ended by the other");
  };
  await expect(together(["good", "bad"], signal, work)).rejects.toThrow("bad");
  expect(ended).toBe(true);
});
