import { FiredrillError } from "../../../error.ts";
import type { StackSpec } from "../../../stack/spec.ts";
import type { ContainerStatus, Pod } from "../api/objects.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { redact } from "../cluster/redact.ts";

const LOG_LINES = 15;
/** Of more pods than these the first ones are enough to find the cause. */
const MAX_PODS = 8;
const MAX_COMPLAINT = 1_500;

/** The error of a stack that did not get ready: which pods are to blame, what Kubernetes says of them, and the ends of their logs. */
export async function stackDidNotGetReady(
  spec: StackSpec,
  cluster: Cluster,
  complaint: string,
): Promise<FiredrillError> {
  const namespaces = [...new Set(cluster.spec.releases.map(({ namespace }) => namespace))];
  const pods = await Promise.all(
    namespaces.map((namespace) =>
      cluster.api.list<Pod>(`/api/v1/namespaces/${namespace}/pods`).catch(() => []),
    ),
  );
  const culprits = pods.flat().flatMap((pod) => {
    const standing = whyNotReady(pod);
    return standing === null ? [] : [{ pod, ...standing }];
  });
  const shown = culprits.slice(0, MAX_PODS);
  const logs = await Promise.all(
    shown.filter(({ hasLog }) => hasLog).map(({ pod, container }) => endOfLog(cluster, pod, container)),
  );
  const names = shown.map(({ pod, standing }) => `"${pod.metadata.name}" ${standing}`);
  const more = culprits.length > shown.length ? [`and ${culprits.length - shown.length} more`] : [];
  const where = `stack "${spec.name}" did not get ready in cluster "${cluster.spec.name}"`;
  return new FiredrillError("RUN_STACK", [where, [...names, ...more].join(", ")].filter(Boolean).join(": "), {
    received: redact(complaint).trim().slice(-MAX_COMPLAINT),
    expected: "every workload ready",
    hint: logs.length === 0 ? "read what is said above" : logs.join("\n"),
  });
}

/** How a pod stands that is not as it should be. */
export interface Standing {
  readonly standing: string;
  /** The container that is to blame. */
  readonly container: string;
  /** It has run at least once. */
  readonly hasLog: boolean;
}

/** Null: nothing is wrong with it. */
export function whyNotReady({ metadata, spec, status }: Pod): Standing | null {
  const first = spec.containers[0]?.name ?? "";
  const blame = (standing: string, container = first, hasLog = false) => ({ standing, container, hasLog });
  const condition = (type: string) => status.conditions?.find((one) => one.type === type);
  if (status.phase === "Succeeded" || metadata.deletionTimestamp !== undefined) return null;
  if (condition("Ready")?.status === "True") return null;
  const scheduled = condition("PodScheduled");
  if (scheduled?.status === "False") {
    return blame(`is not scheduled (${scheduled.reason ?? "no reason"}: ${scheduled.message ?? ""})`);
  }
  for (const container of status.containerStatuses ?? []) {
    const why = whyNotRunning(container);
    if (why !== null)
      return blame(why, container.name, container.restartCount > 0 || !container.state.waiting);
  }
  if (status.phase === "Failed")
    return blame(`has failed (${status.reason ?? status.message ?? "no reason"})`);
  return blame("runs, but its readiness probe fails", first, true);
}

function whyNotRunning({ state, lastState, restartCount, image }: ContainerStatus): string | null {
  const ended = state.terminated ?? lastState?.terminated;
  const died =
    ended === undefined
      ? ""
      : `: it ended with ${ended.exitCode}${ended.reason === "OOMKilled" ? " for want of memory" : ""}`;
  if (state.waiting !== undefined) {
    const { reason = "waiting", message = "" } = state.waiting;
    if (/^(ErrImage|ImagePull|ErrImageNeverPull)/.test(reason))
      return `can't get its image ${image} (${reason})`;
    return `is ${reason}${died}${restartCount > 0 ? `, ${restartCount} restarts` : ""}${died === "" && message !== "" ? ` (${message.slice(0, 200)})` : ""}`;
  }
  return state.terminated === undefined ? null : `has ended${died}`;
}

async function endOfLog({ api }: Cluster, { metadata }: Pod, container: string): Promise<string> {
  const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/log?container=${container}&tailLines=${LOG_LINES}`;
  // What the one before wrote says more than the silence of one that has just begun.
  const texts = await Promise.all(
    [`${path}&previous=true`, path].map((one) => api.text(one).catch(() => "")),
  );
  const log = texts.find((text) => text.trim() !== "") ?? "";
  return `read the last lines of ${metadata.name}:\n${log.trimEnd() || "(it wrote nothing)"}`;
}
