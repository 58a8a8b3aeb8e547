import { expect, test } from "vitest";
import { dmesg, job } from "./fault-cases/case.testkit.ts";
import { bench, sampleOf } from "./gpu.testkit.ts";

test("events happen once for each PUT, again when they repeat, and heal when they should", async () => {
  await using on = await bench({ count: "2" });
  const codes = async () => [...(await dmesg(on)).matchAll(/\): (\d+),/g)].map(([, code]) => Number(code));
  on.put("xid", { code: 13, repeat: 3, everyMs: 5_000 });
  await on.advance(60);
  expect(await codes()).toEqual([13, 13, 13]);
  on.put("xid", { code: 13 });
  on.put("xid", { code: 43 });
  expect(await codes()).toEqual([13, 13, 13, 13, 43]);
  on.put("busDrop", { gpu: 1, heal: true }, { duration: "20s" });
  await on.advance(10);
  expect((await on.run("nvidia-smi", "-L")).exitCode).toBe(15);
  await on.advance(15);
  expect((await on.run("nvidia-smi", "-L")).exitCode).toBe(0);
  expect(on.mock.faults.list()[0]).toMatchObject({ hits: 1 });
});

test("what it takes to get a GPU back", async () => {
  await using on = await bench({ card: "a100" });
  const acts = async (action: string) => void (await on.mock.built.act?.({ action }));
  const works = async () => (await on.run("nvidia-smi", "-L")).exitCode;
  on.put("busDrop", { recover: "powerCycle" });
  expect([await works(), (await on.run("nvidia-smi", "--gpu-reset")).exitCode]).toEqual([15, 15]);
  await acts("reboot");
  expect(await works()).toBe(15);
  await acts("powerCycle");
  expect(await works()).toBe(0);
  on.put("xid", { code: 95 });
  expect(await on.ask("/jobs", {})).toMatchObject({
    error: expect.stringContaining("no CUDA-capable device"),
  });
  expect((await on.run("nvidia-smi", "-r")).stdout).toContain("All done.");
  expect(await on.ask("/jobs", {})).toMatchObject({ running: true });
  expect((await on.run("nvidia-smi", "-r")).stdout).toContain("in use by one or more other processes");
});

test("a fault that ends while nobody looks has done what it did until then", async () => {
  await using on = await bench();
  await job(on);
  on.put("powerCap", { watts: 300 }, { duration: "100s" });
  await on.advance(200);
  expect((await on.graphics())[0]).toMatchObject({ powerDraw: 630 });
  const joules = sampleOf(await on.scrape(), "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION");
  // 100 s at 300 W and 80 s at 630 W until the collection at 180 s.
  expect(joules).toBe((100 * 300 + 80 * 630) * 1_000);
});
