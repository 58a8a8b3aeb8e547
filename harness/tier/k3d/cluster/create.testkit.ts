import { requireEngine } from "../../compose/engine.ts";
import { runLabels } from "../../../stack/labels.ts";
import type { ClusterSpec } from "../../../stack/spec.ts";
import { requireKubernetesTools } from "../tools.ts";
import { createClusters, type TrialClusters } from "./create.ts";
import { clusterImages } from "./images.ts";

export const SMALL: ClusterSpec = {
  name: "main",
  servers: 1,
  agents: [{ pool: "worker", labels: { zone: "a" }, gpus: 0 }],
  agentMemoryBytes: 2 ** 30,
  agentDiskBytes: 2 ** 28,
  releases: [{ kind: "manifests", name: "shop", namespace: "shop", files: [] }],
  images: [],
};

/** Makes one small cluster for a run. */
export async function createSmall(
  runId: string,
  runDir: string,
  signal = new AbortController().signal,
): Promise<TrialClusters> {
  const engine = await requireEngine();
  const { k3d, helm, kubectl } = await requireKubernetesTools();
  const clusters = [SMALL];
  return createClusters({
    engine,
    tools: { k3d: k3d.path, helm: helm.path, kubectl: kubectl.path },
    images: await clusterImages(engine.docker, clusters, { emit: () => undefined, signal }),
    clusters,
    runId,
    runDir,
    trial: 1,
    labels: runLabels({ runId, trial: 1, keepUntil: null }),
    times: "fast",
    signal,
  });
}

// As a program: creates for the run in its arguments, so that a test can kill it half-way.
const [, script, runId, runDir] = process.argv;
if (script === import.meta.filename && runId && runDir) await createSmall(runId, runDir);
