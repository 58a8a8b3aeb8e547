import { expect, test } from "vitest";
import { mutated } from "../core/mutated.testkit.ts";
import { gpuMock } from "./gpu.ts";
import { bench } from "./gpu.testkit.ts";
import type { Bench } from "./gpu.testkit.ts";

/** A change of the wire and a plain use of an unmodified client that must not survive it. */
interface Mutant {
  readonly name: string;
  readonly change: (text: string) => string;
  readonly use: (on: Bench) => Promise<void>;
}

/** What a dashboard would want of systeminformation. */
async function readGraphics(on: Bench): Promise<void> {
  const [gpu] = await on.graphics();
  expect(gpu).toMatchObject({
    name: "NVIDIA H100 80GB HBM3",
    memoryTotal: 81_559,
    powerLimit: 700,
    temperatureGpu: 29,
  });
}

/** What chutes' cache cleaner does with the memory in use. */
async function sumMemory(on: Bench): Promise<void> {
  const { stdout } = await on.run("nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits");
  const sum = stdout
    .trim()
    .split("\n")
    .reduce((total, line) => total + Number(line), 0);
  expect(sum).toBe(0);
}

const MUTANTS: readonly Mutant[] = [
  { name: "the space after the comma", change: (text) => text.replaceAll(", ", ","), use: readGraphics },
  { name: "one cell fewer", change: (text) => text.replace(/, [^,]+$/m, ""), use: readGraphics },
  { name: "the bus id", change: (text) => text.replaceAll("01:00.0", "99:00.0\n"), use: readGraphics },
  { name: "no units", change: (text) => text.replaceAll(/^(\d+)$/gm, "$1 MiB"), use: sumMemory },
];

test.each(MUTANTS)("a client fails without $name", async ({ change, use }) => {
  {
    await using whole = await bench();
    await use(whole);
  }
  await using broken = await bench({}, mutated(gpuMock, { body: change }));
  await expect(use(broken)).rejects.toThrow();
});
