import { expect, test } from "vitest";
import { bench, sampleOf } from "./gpu.testkit.ts";

test("systeminformation reads what the catalogue, the load and the physics say", async () => {
  await using on = await bench({ card: "h100_sxm", count: "2" });
  await on.ask("/jobs", { gpu: 1, memoryMib: 40_000 });
  await on.advance(300);
  expect(await on.graphics()).toMatchObject([
    { name: "NVIDIA H100 80GB HBM3", memoryTotal: 81_559, memoryFree: 81_080, powerDraw: 70 },
    {
      driverVersion: "590.48.01",
      memoryTotal: 81_559,
      memoryUsed: 40_000,
      memoryFree: 41_080,
      utilizationGpu: 100,
      temperatureGpu: 59,
      powerDraw: 630,
      powerLimit: 700,
      clockCore: 1_980,
      clockMemory: 2_619,
    },
  ]);
});

// The two that chutes' cache cleaner runs, and its playbook's (chutes-miner).
test("the command lines of chutes", async () => {
  await using on = await bench({ card: "l40s", count: "2" });
  const { pid } = await on.ask<{ pid: number }>("/jobs", { gpu: 0, memoryMib: 2_000 });
  expect(
    await on.run("nvidia-smi", "--query-compute-apps=pid", "--format=csv,noheader,nounits"),
  ).toMatchObject({ exitCode: 0, stdout: `${pid}\n` });
  expect(
    await on.run("nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"),
  ).toMatchObject({ exitCode: 0, stdout: "2000\n0\n" });
  expect(await on.run("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader")).toMatchObject({
    stdout: "590.48.01\n590.48.01\n",
  });
  await fetch(`${on.api}/jobs/${pid}`, { method: "DELETE" });
  expect(
    await on.run("nvidia-smi", "--query-compute-apps=pid", "--format=csv,noheader,nounits"),
  ).toMatchObject({ exitCode: 0, stdout: "" });
});

test("nvidia-smi -l goes on until it is stopped", async () => {
  await using on = await bench();
  const loop = on.start("nvidia-smi", "--query-gpu=index", "--format=csv,noheader", "-lms", "20");
  await expect.poll(() => on.mock.requests(), { timeout: 15_000 }).toBeGreaterThan(2);
  expect((await loop.stop()).split("\n").slice(0, 2)).toEqual(["0", "0"]);
});

test("a scrape shows the last collection, not the present", async () => {
  await using on = await bench({ dcgmIntervalMs: "30000" });
  await on.ask("/jobs", { memoryMib: 1_000 });
  await on.advance(29);
  expect(sampleOf(await on.scrape(), "DCGM_FI_DEV_FB_USED")).toBe(0);
  await on.advance(1);
  const collected = await on.scrape();
  expect(sampleOf(collected, "DCGM_FI_DEV_FB_USED")).toBe(1_000);
  await on.advance(1);
  expect(await on.scrape()).toBe(collected);
});

test("a job does less in a second on a slow GPU, says when it is done, and finds no memory that is not there", async () => {
  await using on = await bench({ card: "t4" });
  const plain = await on.ask<{ pid: number }>("/jobs", { workSeconds: 60, memoryMib: 8_000 });
  expect(await on.ask("/jobs", { memoryMib: 8_000 })).toMatchObject({ error: "CUDA error: out of memory" });
  await on.advance(60);
  expect(await on.ask(`/jobs/${plain.pid}`)).toMatchObject({
    running: false,
    end: { exitCode: 0, why: "done" },
  });
  on.put("powerCap", { watts: 60 });
  const slow = await on.ask<{ pid: number }>("/jobs", { workSeconds: 60, memoryMib: 8_000, intensity: 1 });
  await on.advance(60);
  expect(await on.ask(`/jobs/${slow.pid}`)).toMatchObject({ running: true });
  await on.advance(10);
  expect(await on.ask(`/jobs/${slow.pid}`)).toMatchObject({ running: false, end: { exitCode: 0 } });
});

test("requests of the API that nobody models, and bodies that make no sense", async () => {
  await using on = await bench();
  expect((await fetch(`${on.api}/fan`)).status).toBe(404);
  expect((await fetch(`${on.dcgm}/fan`)).status).toBe(404);
  expect((await fetch(`${on.api}/jobs`, { method: "POST", body: '{"gpu":"all"}' })).status).toBe(400);
  expect(on.mock.journal.unmodelled()).toBe(2);
});
