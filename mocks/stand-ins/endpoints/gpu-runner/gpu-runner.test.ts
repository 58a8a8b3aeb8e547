import { describe, expect, it } from "vitest";
import { mockService } from "../../../core/mount/host.ts";
import { gpuMock } from "../../../gpu/gpu.ts";
import { mockFaults } from "../../parts/mock-faults.testkit.ts";
import { virtualWorld } from "../../parts/virtual-world.testkit.ts";
import gpuJobs from "../gpu-jobs/gpu-jobs.ts";
import type { Job } from "../gpu-jobs/jobs.ts";
import gpuRunner from "./gpu-runner.ts";

const BOARD = "http://gpu-jobs:8091";

/** The board, two runners and their GPUs on virtual time, as fixtures/stacks/endpoints has them. */
async function startNodes(env: Readonly<Record<string, string>> = {}) {
  const world = virtualWorld(1);
  world.start("gpu-jobs", gpuJobs);
  for (const at of ["1", "2"]) {
    world.start(`gpu-${at}`, mockService(gpuMock), { MOCK_SEED: at });
    world.start(`gpu-runner-${at}`, gpuRunner, {
      BOARD_URL: BOARD,
      GPU_URL: `http://gpu-${at}:9401`,
      ...env,
    });
  }
  await world.time.advance(2_000);
  const get = async (path: string) => (await world.ask("GET", `${BOARD}${path}`)).value;
  return {
    ...world,
    ...mockFaults(world, 9_499),
    order: (key: string, steps = 8) => world.ask("POST", `${BOARD}/jobs`, { key, steps }),
    jobs: () => get("/jobs") as Promise<Job[]>,
    status: () => get("/status") as Promise<Record<string, number>>,
    nodes: () => get("/nodes") as Promise<{ runner: string; state: string; saw: string }[]>,
    async processesOn(gpu: string): Promise<number> {
      const { value } = await world.ask("GET", `http://${gpu}:9401/jobs`);
      return (value as { running: boolean }[]).filter(({ running }) => running).length;
    },
  };
}

describe("GPU runners", () => {
  it("run jobs on both GPUs, step by step, to their end", async () => {
    const nodes = await startNodes();
    for (let at = 0; at < 6; at++) await nodes.order(`k${at}`);
    await nodes.time.advance(3_000);
    expect([await nodes.processesOn("gpu-1"), await nodes.processesOn("gpu-2")]).toEqual([3, 3]);
    expect((await nodes.jobs()).every(({ checkpoint }) => checkpoint >= 2)).toBe(true);
    await nodes.time.advance(8_000);
    const ended = (await nodes.jobs()).map(({ state, attempt }) => `${state} ${attempt}`);
    expect(ended).toEqual(Array(6).fill("done 1"));
    expect(await nodes.processesOn("gpu-1")).toBe(0);
  });

  it("move jobs from a GPU that fell off the bus, and repeat no more than the checkpoint interval", async () => {
    const nodes = await startNodes();
    for (let at = 0; at < 8; at++) {
      await nodes.order(`k${at}`, 12);
      await nodes.time.advance(600);
    }
    await nodes.fault("gpu-1", "busDrop");
    await nodes.time.advance(1_500);
    expect(await nodes.nodes()).toMatchObject([
      { runner: "gpu-runner-1", state: "sick", saw: expect.stringContaining("nvidia-smi 15") },
      { runner: "gpu-runner-2", state: "ready" },
    ]);
    expect((await nodes.jobs()).every(({ runner }) => runner === "gpu-runner-2")).toBe(true);
    await nodes.time.advance(14_000);
    const done = await nodes.jobs();
    expect(done.every(({ state }) => state === "done")).toBe(true);
    expect(done.filter(({ attempt }) => attempt === 2).length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...done.map(({ repeated }) => repeated))).toBeLessThanOrEqual(2);
  });

  it("without checkpoints begin anew", async () => {
    const nodes = await startNodes({ CHECKPOINT: "off" });
    for (const key of ["a", "b"]) await nodes.order(key);
    await nodes.time.advance(6_500);
    await nodes.fault("gpu-1", "busDrop");
    await nodes.time.advance(2_000);
    expect((await nodes.status())["maxRepeatedSteps"]).toBeGreaterThanOrEqual(5);
  });

  it("leave a rebooted GPU alone until a person returns it", async () => {
    const nodes = await startNodes();
    await nodes.fault("gpu-1", "busDrop");
    await nodes.time.advance(1_500);
    const { status } = await nodes.ask("POST", "http://gpu-1:9499/act", { action: "reboot" });
    expect(status).toBe(200);
    await nodes.time.advance(1_500);
    expect(await nodes.nodes()).toMatchObject([
      { state: "sick", saw: expect.stringContaining("nvidia-smi 0") },
      {},
    ]);
    expect((await nodes.ask("POST", `${BOARD}/nodes/gpu-runner-1/return`)).status).toBe(200);
    await nodes.time.advance(1_000);
    expect(await nodes.status()).toMatchObject({ gpus: 2 });
  });

  it("start a process again that died while its GPU is well", async () => {
    const nodes = await startNodes();
    await nodes.order("a");
    await nodes.time.advance(4_500);
    await nodes.fault("gpu-1", "oom");
    await nodes.fault("gpu-2", "oom");
    await nodes.time.advance(8_000);
    expect(await nodes.jobs()).toMatchObject([{ state: "done", attempt: 1, repeated: 0 }]);
    expect(nodes.logs.join("\n")).toContain("a process ended before its job");
  });

  it("take an nvidia-smi that says nothing for a broken GPU, but not at its first silence", async () => {
    const nodes = await startNodes();
    await nodes.fault("gpu-1", "hang", { params: { nvidiaSmiSec: 60 } });
    await nodes.time.advance(3_500);
    expect(await nodes.status()).toMatchObject({ gpus: 2 });
    await nodes.time.advance(6_000);
    expect(await nodes.nodes()).toMatchObject([
      { state: "sick", saw: "nvidia-smi: timeout" },
      { state: "ready" },
    ]);
  });
});
