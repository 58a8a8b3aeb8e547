import type { StackSpec, WorkloadRef } from "../../../stack/spec.ts";
import type { Clock } from "../../../time/clock.ts";
import { KubeRefusal, type KubeApi } from "../api/kube-api.ts";
import type { Metadata, Pod } from "../api/objects.ts";
import type { Cluster } from "../cluster/cluster.ts";

const BETWEEN_LOOKS_MS = 500;

interface Until {
  readonly clock: Clock;
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** Waits for the stack's workloads in a cluster. Returns what is still not ready when time is up, in words; empty: all are. @throws RUN_INTERRUPTED's cause when aborted */
export async function waitUntilReady(
  spec: StackSpec,
  cluster: Cluster,
  { clock, untilMs, signal }: Until,
): Promise<string[]> {
  const workloads = Object.values(spec.services).flatMap(({ workload }) =>
    workload?.cluster === cluster.spec.name ? [workload] : [],
  );
  for (;;) {
    const reports = await Promise.all(workloads.map((workload) => notReady(cluster.api, workload)));
    const waiting = reports.filter((report) => report !== null);
    if (waiting.length === 0 || clock.nowMs() >= untilMs) return waiting;
    await clock.sleep(BETWEEN_LOOKS_MS, signal);
    signal.throwIfAborted();
  }
}

/** What a workload's status says of its rollout (`kubectl rollout status` reads the same). */
interface Rollout {
  readonly metadata: Metadata & { readonly generation: number };
  readonly spec: { readonly replicas?: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
  };
}

/** Null: it is ready. */
async function notReady(api: KubeApi, workload: WorkloadRef): Promise<string | null> {
  const { kind, name, namespace } = workload;
  const call = `${kind} "${name}"`;
  try {
    if (kind === "Pod") {
      const pod = await api.get<Pod>(`/api/v1/namespaces/${namespace}/pods/${name}`);
      const ready = pod.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
      return ready || pod.status.phase === "Succeeded" ? null : `${call} is ${pod.status.phase}`;
    }
    const path = `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
    const { wanted, ready } = progress(kind, await api.get<Rollout>(path));
    return ready >= wanted ? null : `${call} has ${ready} of ${wanted} pods ready`;
  } catch (error) {
    if (error instanceof KubeRefusal && error.status === 404) return `${call} is not there`;
    throw error;
  }
}

function progress(kind: WorkloadRef["kind"], { metadata, spec, status }: Rollout) {
  const seen = (status.observedGeneration ?? 0) >= metadata.generation;
  if (kind === "DaemonSet") {
    const wanted = status.desiredNumberScheduled ?? 1;
    const ready = Math.min(status.updatedNumberScheduled ?? 0, status.numberAvailable ?? 0);
    return { wanted: seen ? wanted : Math.max(1, wanted), ready: seen ? ready : 0 };
  }
  const wanted = spec.replicas ?? 1;
  const available = kind === "Deployment" ? status.availableReplicas : status.readyReplicas;
  return { wanted, ready: seen ? Math.min(status.updatedReplicas ?? 0, available ?? 0) : 0 };
}
