import { FiredrillError } from "../../../error.ts";
import type { Clock } from "../../../time/clock.ts";
import type { Metadata } from "../api/objects.ts";
import type { Cluster } from "../cluster/cluster.ts";

const CONFIG = "/api/v1/namespaces/kube-system/configmaps/coredns";
const DEPLOYMENT = "/apis/apps/v1/namespaces/kube-system/deployments/coredns";
/** Annotation of the pods' template; its value is the sink's address, which may differ on a warm cluster. */
export const RESTARTED = "firedrill.dev/restarted-for";
const READY_WITHIN_MS = 90_000;
const BETWEEN_LOOKS_MS = 200;

/** The part of a Deployment that tells whether a rollout has ended (`kubectl rollout status` reads the same). */
interface Rollout {
  readonly metadata: Metadata & { readonly generation: number };
  readonly spec: { readonly replicas?: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

/**
 * Makes a cluster's DNS ask the gateway's sink for every name that is none of the cluster's, so that attempts to reach the
 * outside are counted by name as on the Compose tier. CoreDNS is started again: a changed ConfigMap reaches it by itself only
 * after a minute or so. @throws RUN_STACK when it is not ready in time; KubeSilence, KubeRefusal
 */
export async function pointDnsAtSink(
  { api, spec }: Cluster,
  sinkAddress: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const { data } = await api.get<{ readonly data: { readonly Corefile: string } }>(CONFIG);
  await api.patch(CONFIG, "merge", { data: { Corefile: withSink(data.Corefile, sinkAddress) } });
  const annotations = { [RESTARTED]: sinkAddress };
  await api.patch(DEPLOYMENT, "merge", { spec: { template: { metadata: { annotations } } } });
  const startedMs = clock.nowMs();
  for (;;) {
    const rollout = await api.get<Rollout>(DEPLOYMENT);
    if (hasEnded(rollout)) return;
    signal.throwIfAborted();
    if (clock.nowMs() - startedMs > READY_WITHIN_MS) {
      throw new FiredrillError("RUN_STACK", `the DNS of cluster "${spec.name}" does not come back`, {
        received: JSON.stringify(rollout.status),
        expected: `CoreDNS available within ${READY_WITHIN_MS / 1_000} s`,
      });
    }
    await clock.sleep(BETWEEN_LOOKS_MS, signal);
  }
}

function hasEnded({ metadata, spec, status }: Rollout): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    (status.observedGeneration ?? 0) >= metadata.generation &&
    [status.updatedReplicas, status.availableReplicas, status.replicas].every((count) => count === wanted)
  );
}

/**
 * A Corefile (CoreDNS manual, "Configuration") in which every name that the cluster does not know is asked of the sink.
 * k3s's own file asks the machine's servers instead, through the node.
 */
export function withSink(corefile: string, sinkAddress: string): string {
  const forward = `forward . ${sinkAddress}`;
  const kept = corefile.replaceAll(/^[ \t]*forward[ \t][^\n{]*(\{[^}]*\})?[ \t]*\n/gm, "");
  // Where in its block a plug-in stands does not matter; a closing brace must have a line of its own.
  return kept.replace(/^(\.:53[ \t]*\{[ \t]*\n)/m, `$1    ${forward}\n`);
}
