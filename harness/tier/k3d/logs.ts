import type { StackSpec } from "../../stack/spec.ts";
import type { Cluster } from "./cluster/cluster.ts";
import { podsOf } from "./faults/locate.ts";

/** How much of a container's log is worth keeping. */
const LOG_LINES = 5_000;

/**
 * The logs of a service's pods, those of a container's former life first: after a crash they hold the cause. A log that can't
 * be had (its node is lost) is said to be missing.
 */
export async function serviceLogs(
  service: string,
  spec: StackSpec,
  clusters: readonly Cluster[],
): Promise<string> {
  const workload = spec.services[service]?.workload;
  const cluster = clusters.find((one) => one.spec.name === workload?.cluster);
  if (!workload || !cluster) return "";
  const pods = await podsOf(workload, clusters).catch(() => []);
  const parts: string[] = [];
  for (const { metadata, spec: pod, status } of pods) {
    for (const { name } of pod.containers) {
      const path = `/api/v1/namespaces/${workload.namespace}/pods/${metadata.name}/log?container=${name}&tailLines=${LOG_LINES}`;
      const restarts = status.containerStatuses?.find((one) => one.name === name)?.restartCount ?? 0;
      const header = `==> ${metadata.name} ${name}`;
      if (restarts > 0) {
        const before = await cluster.api.text(`${path}&previous=true`).catch(() => null);
        if (before !== null) parts.push(`${header} (before its last restart)`, before);
      }
      const now = await cluster.api.text(path).catch((error: Error) => `(not to be had: ${error.message})`);
      parts.push(header, now);
    }
  }
  return parts.map((part) => part.trimEnd()).join("\n");
}
