import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { newRunId } from "../../harness/scenario/run-id.ts";
import { labelFilter, runLabels } from "../../harness/stack/labels.ts";
import type { ClusterSpec } from "../../harness/stack/spec.ts";
import { type Engine, requireEngine } from "../../harness/tier/compose/engine.ts";
import { createClusters, type TrialClusters } from "../../harness/tier/k3d/cluster/create.ts";
import { clusterImages } from "../../harness/tier/k3d/cluster/images.ts";
import { removeClusters } from "../../harness/tier/k3d/cluster/remove-run.ts";
import { requireKubernetesTools } from "../../harness/tier/k3d/tools.ts";
import { systemClock } from "../../harness/time/system-clock.ts";
import { seconds, timed } from "./timed.ts";

const NAMES = ["one", "two", "three"];
/** A new cluster settles: leases, first reports, CoreDNS. */
const SETTLE_MS = 20_000;
const LOOK_MS = 10_000;

/** Three clusters of 1 server and 1 agent, side by side against one after the other, and what one costs when idle. */
export async function benchClusters(): Promise<string> {
  const engine = await requireEngine();
  let idle = "";
  const together = await timed(() =>
    withClusters(engine, NAMES, async (runId) => {
      await sleep(SETTLE_MS);
      idle = await idleCost(engine.docker, runId);
    }),
  );
  const apart = await timed(async () => {
    for (const name of NAMES) await withClusters(engine, [name], async () => {});
  });
  const sideBySide = together - SETTLE_MS - LOOK_MS;
  const ratio = (sideBySide / apart).toFixed(2);
  return (
    `clusters: three of 1+1 created and deleted side by side ${seconds(sideBySide)}, one after the other ${seconds(apart)}, ` +
    `ratio ${ratio}; ${idle}`
  );
}

async function withClusters(engine: Engine, names: readonly string[], use: (runId: string) => Promise<void>) {
  const runId = newRunId();
  const runDir = mkdtempSync(join(tmpdir(), "firedrill-bench-"));
  const signal = AbortSignal.timeout(600_000);
  const clusters = names.map(specOf);
  const { k3d, helm, kubectl } = await requireKubernetesTools();
  let made: TrialClusters | null = null;
  try {
    made = await createClusters({
      engine,
      tools: { k3d: k3d.path, helm: helm.path, kubectl: kubectl.path },
      images: await clusterImages(engine.docker, clusters, { emit: () => {}, signal }),
      clusters,
      runId,
      runDir,
      trial: 1,
      labels: runLabels({ runId, trial: 1, keepUntil: null }),
      times: "production",
      signal,
    });
    await use(runId);
  } finally {
    await made?.[Symbol.asyncDispose]();
    await removeClusters(engine.docker, systemClock(), runId);
    rmSync(runDir, { recursive: true });
  }
}

const specOf = (name: string): ClusterSpec => ({
  name,
  servers: 1,
  agents: [{ pool: "agent", labels: {}, gpus: 0 }],
  agentMemoryBytes: null,
  agentDiskBytes: null,
  releases: [],
  images: [],
});

/** Memory and CPU of all nodes over ten seconds, for one cluster. */
async function idleCost(docker: Docker, runId: string): Promise<string> {
  const nodes = await docker.listContainers({ filters: labelFilter({ "dev.firedrill.run": runId }) });
  const look = () =>
    Promise.all(nodes.map(({ Id }) => docker.getContainer(Id).stats({ stream: false, "one-shot": true })));
  const before = await look();
  await sleep(LOOK_MS);
  const after = await look();
  const used = (stats: Docker.ContainerStats[]) =>
    stats.reduce((sum, { cpu_stats: cpu }) => sum + cpu.cpu_usage.total_usage, 0);
  const cores = (used(after) - used(before)) / 1e6 / LOOK_MS / NAMES.length;
  const bytes = after.reduce((sum, { memory_stats: memory }) => sum + memory.usage, 0) / NAMES.length;
  return `idle, one takes ${(bytes / 2 ** 20).toFixed(0)} MiB and ${(cores * 100).toFixed(0)} % of a core`;
}
