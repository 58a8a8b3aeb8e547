import { describe, expect, it } from "vitest";
import { virtualWorld } from "../../parts/virtual-world.testkit.ts";
import gpuJobs from "./gpu-jobs.ts";

const BOARD = "http://gpu-jobs:8091";

async function startBoard(env: Readonly<Record<string, string>> = {}) {
  const world = virtualWorld(1);
  world.start("gpu-jobs", gpuJobs, env);
  await world.time.advance(10);
  const post = (path: string, body: object = {}) => world.ask("POST", `${BOARD}${path}`, body);
  return {
    ...world,
    post,
    async heartbeat(runner: string, running: object[] = [], more: object = {}) {
      const { value } = await post("/heartbeat", { runner, healthy: true, saw: "", running, ...more });
      return value as { state: string; jobs: { id: string; attempt: number; fromStep: number }[] };
    },
    get: async (path: string) => (await world.ask("GET", `${BOARD}${path}`)).value,
  };
}

describe("the job board", () => {
  it("takes a job once per key and gives it to one runner", async () => {
    const board = await startBoard();
    const first = await board.post("/jobs", { key: "a", steps: 4 });
    expect(first).toEqual({ status: 201, value: { id: "job-1", key: "a" } });
    expect(await board.post("/jobs", { key: "a", steps: 9 })).toEqual(first);
    expect((await board.heartbeat("r1")).jobs).toMatchObject([{ id: "job-1", attempt: 1, fromStep: 0 }]);
    expect((await board.heartbeat("r2")).jobs).toEqual([]);
  });

  it("refuses what is no job", async () => {
    const board = await startBoard();
    expect((await board.post("/jobs", { key: "" })).status).toBe(400);
    expect((await board.post("/jobs", { key: "a", steps: -1 })).status).toBe(400);
    expect((await board.post("/heartbeat", { runner: "r1", running: 7 })).status).toBe(400);
  });

  it("gives a runner no more than it has room for, and no more than its share", async () => {
    const board = await startBoard({ SLOTS: "2" });
    for (const key of ["a", "b", "c"]) await board.post("/jobs", { key });
    expect((await board.heartbeat("r1")).jobs.map(({ id }) => id)).toEqual(["job-1", "job-2"]);
    expect((await board.heartbeat("r2")).jobs.map(({ id }) => id)).toEqual(["job-3"]);
    const both = await startBoard();
    await both.heartbeat("r1");
    await both.heartbeat("r2");
    for (const key of ["a", "b", "c", "d"]) await both.post("/jobs", { key });
    expect((await both.heartbeat("r1")).jobs).toHaveLength(2);
  });

  it("lets a job go on elsewhere from its checkpoint, counts what is done again, and believes the old runner no more", async () => {
    const board = await startBoard();
    await board.post("/jobs", { key: "a", steps: 10 });
    await board.heartbeat("r1");
    const done = { runner: "r1", attempt: 1 };
    expect((await board.post("/jobs/job-1/checkpoint", { ...done, step: 4 })).status).toBe(200);
    await board.heartbeat("r1", [{ id: "job-1", attempt: 1, step: 7 }]);
    expect((await board.heartbeat("r1", [], { healthy: false, saw: "gone" })).state).toBe("sick");
    expect((await board.heartbeat("r2")).jobs).toMatchObject([{ id: "job-1", attempt: 2, fromStep: 4 }]);
    expect((await board.post("/jobs/job-1/checkpoint", { ...done, step: 10 })).status).toBe(409);
    expect(await board.get("/status")).toMatchObject({ gpus: 1, running: 1, maxRepeatedSteps: 3 });
    const end = { runner: "r2", attempt: 2, step: 10 };
    expect((await board.post("/jobs/job-1/checkpoint", end)).status).toBe(200);
    // Its answer was lost: asked again, the same is said again.
    expect((await board.post("/jobs/job-1/checkpoint", end)).status).toBe(200);
    expect(await board.get("/jobs")).toMatchObject([{ key: "a", state: "done", runner: "r2" }]);
    expect((await board.post("/jobs/job-9/checkpoint", end)).status).toBe(404);
  });

  it("believes only the newest attempt, also of the same runner", async () => {
    const board = await startBoard();
    await board.post("/jobs", { key: "a" });
    await board.heartbeat("r1");
    await board.post("/nodes/r1/drain");
    await board.post("/nodes/r1/return");
    expect((await board.heartbeat("r1")).jobs).toMatchObject([{ attempt: 2 }]);
    const late = { runner: "r1", attempt: 1, step: 8 };
    expect((await board.post("/jobs/job-1/checkpoint", late)).status).toBe(409);
  });

  it("takes a silent runner for lost after three seconds, and back with its next word", async () => {
    const board = await startBoard();
    await board.post("/jobs", { key: "a" });
    await board.heartbeat("r1");
    await board.time.advance(5_000);
    expect(await board.get("/nodes")).toMatchObject([{ runner: "r1", state: "lost" }]);
    expect(await board.get("/status")).toMatchObject({ gpus: 0, waiting: 1 });
    expect((await board.heartbeat("r1")).state).toBe("ready");
  });

  it("gives nothing to a GPU that came back by itself until a person returns it", async () => {
    const board = await startBoard();
    await board.heartbeat("r1", [], { healthy: false, saw: "nvidia-smi 15" });
    expect((await board.post("/nodes/r1/return")).status).toBe(409);
    expect((await board.heartbeat("r1")).state).toBe("sick");
    await board.post("/jobs", { key: "a" });
    expect((await board.heartbeat("r1")).jobs).toEqual([]);
    expect((await board.post("/nodes/r1/return")).status).toBe(200);
    expect((await board.heartbeat("r1")).jobs).toHaveLength(1);
  });

  it("takes everything from a node that is drained", async () => {
    const board = await startBoard();
    await board.post("/jobs", { key: "a" });
    await board.heartbeat("r1");
    expect(await board.post("/nodes/r1/drain")).toMatchObject({ status: 200, value: { state: "drained" } });
    expect((await board.heartbeat("r1")).jobs).toEqual([]);
    expect((await board.heartbeat("r2")).jobs).toHaveLength(1);
    expect((await board.post("/nodes/r9/drain")).status).toBe(404);
    expect((await board.post("/nodes/r9/return")).status).toBe(404);
  });
});
