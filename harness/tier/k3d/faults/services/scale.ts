import { FiredrillError } from "../../../../error.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import type { WorkloadRef } from "../../../../stack/spec.ts";
import type { Workload } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";

/**
 * On a workload that a fault has scaled to zero: the fault's token. A label, because a Deployment's annotations are
 * copied to its ReplicaSets and stay there.
 */
export const LABEL_SCALED_DOWN = "firedrill.dev/scaled-down";

const RESOURCES = {
  Deployment: "deployments",
  StatefulSet: "statefulsets",
  DaemonSet: "daemonsets",
  Pod: null,
} as const;

/** @throws USAGE_FAULT for what has no number of replicas and would come back at once, or never */
export function requireScalable({ kind, name }: WorkloadRef, fault: string): void {
  if (kind === "Deployment" || kind === "StatefulSet") return;
  throw new FiredrillError("USAGE_FAULT", `${fault} can't keep "${name}" down`, {
    received: `a ${kind}`,
    expected: "a Deployment or StatefulSet, which can be scaled to zero",
    hint: "use crash, pause or crash-loop, or hit its node",
  });
}

/** The workload as the API has it. */
export async function workloadNow(context: K3dFaultContext, workload: WorkloadRef): Promise<Workload> {
  return context.cluster(workload.cluster).api.get<Workload>(pathOf(workload));
}

/** Asks for no replica; the workload remembers by the token whose doing that was. */
export async function scaleToZero(
  context: K3dFaultContext,
  workload: WorkloadRef,
  token: string,
): Promise<void> {
  const patch = { metadata: { labels: { [LABEL_SCALED_DOWN]: token } }, spec: { replicas: 0 } };
  await context.cluster(workload.cluster).api.patch(pathOf(workload), "merge", patch);
}

/** What brings the replicas back that the workload asks for now. */
export async function scalingBack(
  context: K3dFaultContext,
  workload: WorkloadRef,
  token: string,
): Promise<UndoAction> {
  const { spec } = await workloadNow(context, workload);
  return {
    op: "scale-back",
    args: { ...whereIs(context, workload), replicas: spec.replicas ?? 1, token },
  };
}

/** How an undo from disk names a workload. */
export function whereIs(context: K3dFaultContext, workload: WorkloadRef) {
  const { kind, name, namespace } = workload;
  return {
    cluster: context.cluster(workload.cluster).id,
    namespace,
    kind: kind.toLowerCase(),
    name,
  } as const;
}

function pathOf({ kind, namespace, name }: WorkloadRef): string {
  const resource = RESOURCES[kind];
  if (resource === null) throw new FiredrillError("BUG", `a bare pod is no workload of its own: ${name}`);
  return `/apis/apps/v1/namespaces/${namespace}/${resource}/${name}`;
}
