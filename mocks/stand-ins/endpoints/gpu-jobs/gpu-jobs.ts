import type { Host } from "../../../../harness/service/host.ts";
import { repeat } from "../../parts/repeat.ts";
import { router } from "../../parts/router.ts";
import { readCount, readMs } from "../../parts/settings.ts";
import { boardRoutes } from "./board-routes.ts";
import { createJobs } from "./jobs.ts";
import { createNodes } from "./nodes.ts";

const PORT = 8091;
const SWEEP_MS = 1_000;

/** The job board: accepts jobs, keeps their checkpoints, gives them to runners whose GPU is in order. */
export default async function gpuJobs(host: Host): Promise<void> {
  const jobs = createJobs();
  // Six heartbeats.
  const nodes = createNodes(readMs(host.env, "RUNNER_TIMEOUT_MS", 3_000));
  const slots = readCount(host.env, "SLOTS", 16);
  repeat(host, "look for lost runners", SWEEP_MS, async () => {
    for (const runner of nodes.sweep(host.clock.nowMs())) {
      host.log("a runner is lost", { runner, jobs: jobs.of(runner).length });
      jobs.takeBack(runner);
    }
  });
  await host.serve(PORT, router(boardRoutes({ host, jobs, nodes, slots })));
}
