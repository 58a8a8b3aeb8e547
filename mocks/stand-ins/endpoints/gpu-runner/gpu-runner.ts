import type { Host } from "../../../../harness/service/host.ts";
import { json } from "../../../../harness/service/http.ts";
import { repeat } from "../../parts/repeat.ts";
import { router } from "../../parts/router.ts";
import { readCount, readMs, readRequired, readSwitch } from "../../parts/settings.ts";
import { createBoardClient } from "./board-client.ts";
import { createGpuClient } from "./gpu-client.ts";
import type { GpuHealth } from "./gpu-client.ts";
import { createWork } from "./work.ts";

const PORT = 8094;
const TIMEOUT_MS = 2_000;
/** An nvidia-smi that says nothing so often in a row hangs; once may be a busy machine. */
const MAX_SILENCES = 3;

/**
 * Runs jobs on the GPU of its node, as processes whose pace is the GPU's. Looks at the GPU before it takes anything and at
 * each heartbeat; one that is not in order loses its jobs, and they go on elsewhere from their last checkpoint.
 */
export default async function gpuRunner(host: Host): Promise<void> {
  const heartbeatMs = readMs(host.env, "HEARTBEAT_INTERVAL_MS", 500);
  const gpu = createGpuClient(host, readRequired(host.env, "GPU_URL", "http://gpu-1:9401"), TIMEOUT_MS);
  const board = createBoardClient(
    host,
    readRequired(host.env, "BOARD_URL", "http://gpu-jobs:8091"),
    TIMEOUT_MS,
  );
  const everySteps = readSwitch(host.env, "CHECKPOINT", true)
    ? Math.max(1, readCount(host.env, "CHECKPOINT_STEPS", 2))
    : Infinity;
  const work = createWork(host, gpu, board, everySteps);
  let last: GpuHealth = { healthy: false, heard: false, saw: "not looked yet" };
  let silences = 0;

  repeat(host, "heartbeat", heartbeatMs, async () => {
    const health = await gpu.health();
    silences = health.heard ? 0 : silences + 1;
    if (health.heard || silences >= MAX_SILENCES) last = health;
    if (last.healthy) await work.look();
    await work.follow(await board.heartbeat(last, work.running()));
  });

  await host.serve(
    PORT,
    router({
      "GET /health": () => json(200, { service: "gpu-runner", name: host.name }),
      "GET /status": () => json(200, { ...last, running: work.running() }),
    }),
  );
}
