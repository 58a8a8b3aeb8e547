import { FiredrillError } from "../../../error.ts";
import type { ReleaseSpec, StackSpec } from "../../../stack/spec.ts";
import type { Clock } from "../../../time/clock.ts";
import { KubeRefusal } from "../api/kube-api.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { runTool, type ToolPaths } from "../cluster/run-tool.ts";
import { together } from "../cluster/together.ts";
import { waitUntilReady } from "./ready.ts";
import { stackDidNotGetReady } from "./why-not-ready.ts";

/** Until every workload of a cluster is ready. */
const READY_WITHIN_MS = 180_000;
/** Helm gives up first and says so. */
const HELM_GRACE_MS = 15_000;
const APPLY_WITHIN_MS = 60_000;

export interface InstallInput {
  readonly spec: StackSpec;
  readonly clusters: readonly Cluster[];
  readonly tools: ToolPaths;
  /** MOCK_SEED of services that are mocks; charts get it as `global.firedrill.mockSeeds.WORKLOAD`. */
  readonly mockSeeds?: ReadonlyMap<string, string>;
  /** For helm and kubectl; its kubeconfig has a context for each cluster. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Default: three minutes. */
  readonly withinMs?: number;
}

/** Installs charts and manifests, all clusters side by side, each one's in order, and returns when every workload is ready. @throws RUN_STACK, RUN_INTERRUPTED */
export async function installStack(input: InstallInput): Promise<void> {
  await together(input.clusters, input.signal, (cluster, signal) =>
    installInto(cluster, { ...input, signal }),
  );
}

async function installInto(cluster: Cluster, input: InstallInput): Promise<void> {
  const withinMs = input.withinMs ?? READY_WITHIN_MS;
  const untilMs = input.clock.nowMs() + withinMs;
  for (const release of cluster.spec.releases) {
    const complaint =
      release.kind === "chart"
        ? await installChart(release, cluster, withinMs, input)
        : await applyManifests(release, cluster, input);
    if (complaint !== null) throw await stackDidNotGetReady(input.spec, cluster, complaint);
  }
  const waiting = await waitUntilReady(input.spec, cluster, { ...input, untilMs });
  if (waiting.length === 0) return;
  const late = `after ${withinMs / 1_000} s: ${waiting.join("; ")}`;
  throw await stackDidNotGetReady(input.spec, cluster, late);
}

/** Null, or why not. */
async function installChart(
  release: Extract<ReleaseSpec, { kind: "chart" }>,
  cluster: Cluster,
  withinMs: number,
  { spec, tools, env, signal, mockSeeds = new Map() }: InstallInput,
): Promise<string | null> {
  const { name, chart, namespace, valuesFiles } = release;
  const args = ["install", name, chart, "--kube-context", cluster.spec.name, "--namespace", namespace];
  args.push("--create-namespace", "--wait", "--timeout", `${withinMs / 1_000}s`);
  for (const file of valuesFiles) args.push("--values", file);
  for (const [service, seed] of mockSeeds) {
    const workload = spec.services[service]?.workload;
    if (workload?.cluster === cluster.spec.name) args.push("--set-string", seedValue(workload.name, seed));
  }
  const timeoutMs = withinMs + HELM_GRACE_MS;
  const answer = await runTool({ file: tools.helm, args, env, timeoutMs, signal });
  return answer.ok ? null : answer.complaint;
}

/** A dot in a name is no path in the values (helm's `--set`). */
function seedValue(workload: string, seed: string): string {
  return `global.firedrill.mockSeeds.${workload.replaceAll(".", String.raw`\.`)}=${seed}`;
}

/** Null, or why not. */
async function applyManifests(
  release: Extract<ReleaseSpec, { kind: "manifests" }>,
  cluster: Cluster,
  { tools, env, signal }: InstallInput,
): Promise<string | null> {
  await ensureNamespace(cluster, release.namespace);
  const args = ["apply", "--context", cluster.spec.name, "--namespace", release.namespace];
  for (const file of release.files) args.push("--filename", file);
  const answer = await runTool({ file: tools.kubectl, args, env, timeoutMs: APPLY_WITHIN_MS, signal });
  if (answer.ok) return null;
  throw new FiredrillError("RUN_STACK", `cluster "${cluster.spec.name}" refuses the manifests`, {
    received: answer.complaint,
    expected: "manifests that `kubectl apply` takes",
    hint: `kubectl apply --dry-run=client ${release.files.map((file) => `-f ${file}`).join(" ")}`,
  });
}

async function ensureNamespace({ api }: Cluster, name: string): Promise<void> {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  try {
    await api.post("/api/v1/namespaces", namespace);
  } catch (error) {
    // It is there already: a conflict is what we want.
    if (!(error instanceof KubeRefusal) || error.status !== 409) throw error;
  }
}
