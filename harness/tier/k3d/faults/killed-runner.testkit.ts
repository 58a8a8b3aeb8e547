/**
 * A runner that dies: `node killed-runner.testkit.ts OPTIONS`. It injects one fault into a test's clusters and kills itself
 * with SIGKILL right after one event, as if the machine had taken it away there.
 */
import { loadMock } from "../../../../mocks/registry.ts";
import { join } from "node:path";
import type { ResolvedFault } from "../../../fault/injector.ts";
import { injectFault } from "../../../fault/lifecycle.ts";
import { writeRunState } from "../../../fault/run-state.ts";
import { openUndoLog } from "../../../fault/undo-log.ts";
import { cacheDir } from "../../../stack/images/index.ts";
import type { StackSpec } from "../../../stack/spec.ts";
import { systemClock } from "../../../time/system-clock.ts";
import { requireEngine } from "../../compose/engine.ts";
import { openKubeApi } from "../api/kube-api.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { faultyClusters } from "./faulty-clusters.testkit.ts";
import { locator } from "./locate.ts";

export interface KilledRunnerOptions {
  readonly runDir: string;
  readonly runId: string;
  readonly fault: ResolvedFault;
  readonly stack: StackSpec;
  readonly clusters: readonly Omit<Cluster, "api">[];
  readonly toolboxImage: string;
  readonly dieAfter: "fault.armed" | "fault.applied" | "fault.confirmed";
}

const options = JSON.parse(process.argv[2] ?? "{}") as KilledRunnerOptions;
const { runDir, runId, stack } = options;
const { docker } = await requireEngine();
const kubectl = join(cacheDir(), "bin", "kubectl");
const clusters = await Promise.all(
  options.clusters.map(async (cluster): Promise<Cluster> => {
    const api = await openKubeApi(kubectl, cluster.kubeconfig, cluster.spec.name);
    return { ...cluster, api };
  }),
);
writeRunState(runDir, { runId, tier: "k3d", state: "running" });
const context = {
  docker,
  runId,
  clock: systemClock(),
  cluster: (name: string) => clusters.find(({ spec }) => spec.name === name)!,
  locate: locator(stack, clusters),
  mockOf: () => loadMock("llm"),
  toolboxImage: options.toolboxImage,
  emit: () => undefined,
};
await injectFault(options.fault, null, {
  stack: faultyClusters(context, stack),
  undoLog: openUndoLog(runDir),
  signal: new AbortController().signal,
  emit: (event) => {
    if (event.kind === options.dieAfter) process.kill(process.pid, "SIGKILL");
    if (event.kind === "fault.unconfirmed") console.error(event.evidence);
  },
});
console.error(`${options.dieAfter} never came`);
process.exit(1);
