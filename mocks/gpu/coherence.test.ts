import fc from "fast-check";
import { expect, test } from "vitest";
import { CARD_KEYS, cardOf } from "./catalogue/cards.ts";
import { bench, isCoherent, sampleOf } from "./gpu.testkit.ts";
import type { Bench } from "./gpu.testkit.ts";
import type { SmiResult } from "./nvidia-smi/result.ts";

interface Shown {
  readonly index: number;
  readonly memoryMib: { total: number; used: number; free: number; reserved: number };
  readonly watts: number;
  readonly clockMhz: number;
  readonly lost: string | null;
  readonly hung: boolean;
}

/** Something that happens to a machine with two GPUs. */
const step = fc.oneof(
  fc
    .record({
      memoryMib: fc.integer({ min: 0, max: 30_000 }),
      utilisation: fc.double({ min: 0, max: 1, noNaN: true }),
      gpu: fc.integer({ min: 0, max: 1 }),
    })
    .map((order) => (on: Bench) => on.ask("/jobs", order)),
  fc.integer({ min: 1, max: 400 }).map((seconds) => (on: Bench) => on.advance(seconds)),
  fc
    .constantFrom(
      ["thermal", { fanFail: true }],
      ["powerCap", { watts: 1 }],
      ["vramLeak", { MiBPerMin: 3_000 }],
      ["ecc", { sbePerHour: 90_000 }],
      ["xid", { code: 48 }],
      ["xid", { code: 119, gpu: 1 }],
      ["busDrop", { gpu: 1 }],
      ["oom", {}],
    )
    .map(
      ([kind, params]) =>
        async (on: Bench) =>
          on.put(kind as string, params as object),
    ),
  fc.constant((on: Bench) => on.mock.built.act?.({ action: "reboot" })),
);

test("whatever happens, memory adds up, and nvidia-smi, DCGM, the node and the API say the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...CARD_KEYS),
      fc.array(step, { minLength: 1, maxLength: 8 }),
      async (card, steps) => {
        await using on = await bench({ card, count: "2", dcgmIntervalMs: "1000" });
        for (const happen of steps) await happen(on);
        on.mock.faults.list().forEach(({ id }) => on.mock.faults.delete(id));
        await on.advance(2);
        const gpus = await on.ask<Shown[]>("/gpus");
        const scraped = await on.scrape();
        // Where a GPU hangs, DCGM collects nothing and shows what was.
        const collected = gpus.every(({ hung }) => !hung);
        const { capacity } = await on.ask<{ capacity: Record<string, string> }>("/node");
        // What hangs takes its time, and no fault is left whose end that could be.
        on.mock.clock.set({ kind: "jump" });
        for (const { index, memoryMib, watts, clockMhz, lost } of gpus) {
          expect(isCoherent(memoryMib, watts, clockMhz)).toBe(true);
          if (collected)
            expect(sampleOf(scraped, "DCGM_FI_DEV_FB_USED", index)).toBe(
              lost === null ? memoryMib.used : null,
            );
          if (lost !== null) continue;
          const fields = "memory.used,memory.free,clocks.sm,temperature.gpu,temperature.gpu.tlimit";
          const { stdout, exitCode } = await on.ask<SmiResult>("/nvidia-smi", {
            args: [`--query-gpu=${fields}`, "--format=csv,noheader,nounits", "-i", String(index)],
          });
          // One that hangs makes nvidia-smi fail for all.
          if (exitCode !== 0) continue;
          const [used, free, sm, celsius, left] = stdout.trim().split(", ").map(Number);
          expect([used, free, sm]).toEqual([memoryMib.used, memoryMib.free, clockMhz]);
          const sum = cardOf(card).thermal.limitSum;
          if (sum !== null) expect(Number(celsius) + Number(left)).toBe(sum);
        }
        expect(Number(capacity["nvidia.com/gpu"])).toBeLessThanOrEqual(
          gpus.filter(({ lost }) => lost === null).length,
        );
      },
    ),
    { numRuns: 25 },
  );
});
