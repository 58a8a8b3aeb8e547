import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanupRun, type CleanupResult } from "../../../fault/cleanup.ts";
import type { ResolvedFault } from "../../../fault/injector.ts";
import type { FaultKind } from "../../../fault/kinds.ts";
import { pendingUndo } from "../../../fault/undo-log.ts";
import { LABEL_RUN, labelFilter } from "../../../stack/labels.ts";
import { systemClock } from "../../../time/system-clock.ts";
import { removeRun } from "../../compose/down.ts";
import type { Tier } from "../../tier.ts";
import type { TestCluster } from "../test-cluster.testkit.ts";
import { resolvedFault } from "./fault-bench.testkit.ts";
import { k3dAudit, k3dUndo } from "./index.ts";
import type { KilledRunnerOptions } from "./killed-runner.testkit.ts";

/** After which events a runner is killed. */
export const BOUNDARIES = ["fault.armed", "fault.applied", "fault.confirmed"] as const;

export interface AfterTheKill extends CleanupResult {
  /** What the audits of the fault's undo say, and whether they are clean. */
  readonly audits: readonly { readonly clean: boolean; readonly detail: string }[];
  /** Containers and volumes that carry the dead run's label after the clean-up. */
  readonly left: readonly string[];
}

let runs = 0;

/** A runner injects the fault, dies at the boundary, and the clean-up puts everything back from disk alone. */
export async function killedAndCleanedUp(
  cluster: TestCluster,
  kind: FaultKind,
  target: string,
  dieAfter: KilledRunnerOptions["dieAfter"],
  fault: Partial<Pick<ResolvedFault, "peers" | "params">> = {},
): Promise<AfterTheKill> {
  const { docker } = cluster;
  const runDir = mkdtempSync(join(tmpdir(), "firedrill-killed-"));
  const runId = `${cluster.runId}-killed-${++runs}`;
  try {
    const options: KilledRunnerOptions = {
      runDir,
      runId,
      fault: resolvedFault(kind, target, fault),
      stack: cluster.spec,
      clusters: cluster.clusters.map(({ spec, id, kubeconfig }) => ({ spec, id, kubeconfig })),
      toolboxImage: cluster.context.toolboxImage,
      dieAfter,
    };
    const program = join(import.meta.dirname, "killed-runner.testkit.ts");
    const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: "inherit" });
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    if (signal !== "SIGKILL") throw new Error(`the runner ended with status ${code}`);
    const actions = pendingUndo(runDir).flatMap((entry) => entry.actions);
    const tier = {
      undoFromDisk: async (them: typeof actions) => {
        for (const action of them) await k3dUndo(docker, action);
      },
      removeRun: (id: string) => removeRun(docker, systemClock(), id),
    };
    const result = await cleanupRun(runDir, { tierByName: async () => tier as unknown as Tier });
    const audits = await Promise.all(actions.map((action) => k3dAudit(docker, action)));
    return { ...result, audits, left: await labelled(cluster, runId) };
  } finally {
    rmSync(runDir, { recursive: true });
  }
}

async function labelled({ docker }: TestCluster, runId: string): Promise<string[]> {
  const filters = labelFilter({ [LABEL_RUN]: runId });
  const containers = await docker.listContainers({ all: true, filters });
  const { Volumes } = await docker.listVolumes({ filters });
  return [...containers.map(({ Names }) => Names.join()), ...(Volumes ?? []).map(({ Name }) => Name)];
}
