import { expect, test } from "vitest";
import { HARDWARE_CASES } from "./fault-cases/hardware.testkit.ts";
import { SOFTWARE_CASES } from "./fault-cases/software.testkit.ts";
import { GPU_FAULTS } from "./faults.ts";
import { bench } from "./gpu.testkit.ts";

const CASES = [...HARDWARE_CASES, ...SOFTWARE_CASES];

test("every kind has its case", () => {
  expect(CASES.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(GPU_FAULTS).toSorted());
});

test.each(CASES)("$kind", async ({ see, settings = {} }) => {
  await using on = await bench(settings);
  await see(on);
});
