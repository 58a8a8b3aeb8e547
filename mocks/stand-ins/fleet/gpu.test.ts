import { expect, it } from "vitest";
import { createMockGpu } from "./gpu.ts";
import { metricsText } from "../parts/metrics-text.ts";

function readings(gpu: ReturnType<typeof createMockGpu>): Record<string, number> {
  return Object.fromEntries(
    gpu.metrics().map(({ name, samples }) => [name.replace("DCGM_FI_DEV_", ""), samples[0]?.value ?? NaN]),
  );
}

it("is idle, cool and nearly empty without tasks", () => {
  const gpu = createMockGpu(
    "n",
    () => 0,
    () => 0,
  );
  expect(readings(gpu)).toEqual({
    GPU_UTIL: 0,
    FB_USED: 450,
    FB_FREE: 14_910,
    GPU_TEMP: 36,
    POWER_USAGE: 10,
  });
});

it("follows its tasks at once in use and memory, and slowly in temperature", () => {
  let nowMs = 0;
  let tasks = 3;
  const gpu = createMockGpu(
    "n",
    () => nowMs,
    () => tasks,
  );
  nowMs = 5_000;
  const warming = readings(gpu);
  expect(warming).toMatchObject({ GPU_UTIL: 100, FB_USED: 10_950, POWER_USAGE: 70 });
  expect(warming["GPU_TEMP"]).toBe(46);
  nowMs = 100_000;
  expect(readings(gpu)["GPU_TEMP"]).toBe(76);
  tasks = 0;
  nowMs = 110_000;
  expect(readings(gpu)).toMatchObject({ GPU_UTIL: 0, GPU_TEMP: 56 });
});

it("never reports more than there is", () => {
  const gpu = createMockGpu(
    "n",
    () => 0,
    () => 99,
  );
  expect(readings(gpu)).toMatchObject({ GPU_UTIL: 100, FB_USED: 15_360, FB_FREE: 0 });
});

it("reads as dcgm-exporter's text", () => {
  const { body, headers } = metricsText(
    createMockGpu(
      'n"1',
      () => 0,
      () => 1,
    ).metrics(),
  );
  expect(headers["content-type"]).toContain("version=0.0.4");
  expect(body).toContain("# TYPE DCGM_FI_DEV_GPU_UTIL gauge\n");
  expect(body).toContain(
    'DCGM_FI_DEV_GPU_UTIL{gpu="0",device="nvidia0",modelName="Tesla T4 (mock)",Hostname="n\\"1"} 45\n',
  );
});
