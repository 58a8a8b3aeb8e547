import { FiredrillError } from "../../../../error.ts";
import type { ResolvedFault } from "../../../../fault/injector.ts";
import type { WorkloadRef } from "../../../../stack/spec.ts";
import type { KubeApi } from "../../api/kube-api.ts";
import type { Pod } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { locateTargets } from "../targets.ts";

/**
 * How long a pod that a fault ends by hand may take to end, in seconds: the shortest that still lets the kubelet say when
 * it is really gone (0 takes the object away at once).
 */
export const SHORTEST_GRACE_S = 1;

/** A workload that a fault hits, and its cluster's API. */
export interface HitWorkload {
  /** The service's name in the stack. */
  readonly place: string;
  readonly ref: WorkloadRef;
  readonly api: KubeApi;
  readonly clusterId: string;
}

/** The workloads behind a fault's targets. @throws USAGE_SELECTION for anything but services; USAGE_FAULT for bare Pods */
export async function hitWorkloads(context: K3dFaultContext, fault: ResolvedFault): Promise<HitWorkload[]> {
  return (await locateTargets(context, fault)).map((located) => {
    if (located.kind !== "service") {
      throw new FiredrillError("USAGE_SELECTION", `${fault.kind} does not hit a ${located.kind}`, {
        received: located.name,
        expected: "a service",
      });
    }
    const { name, workload: ref } = located;
    if (ref.kind === "Pod") {
      throw new FiredrillError("USAGE_FAULT", `${fault.kind} needs pods that somebody makes anew`, {
        received: `"${name}" is a Pod without a controller`,
        expected: "a Deployment, StatefulSet or DaemonSet",
      });
    }
    const { api, id } = context.cluster(ref.cluster);
    return { place: name, ref, api, clusterId: id };
  });
}

/** Where the API has a Deployment, StatefulSet or DaemonSet. */
export function workloadPath({ namespace, kind, name }: WorkloadRef): string {
  return `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
}

/** `a=1,b=2`, as `--selector` takes it. */
export function selectorText({ selector }: Pick<WorkloadRef, "selector">): string {
  return Object.entries(selector)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}

/** Every pod of a workload that has not ended, also those that are being deleted. */
export async function everyPodOf(
  api: KubeApi,
  workload: Pick<WorkloadRef, "namespace" | "selector">,
): Promise<Pod[]> {
  const query = `labelSelector=${encodeURIComponent(selectorText(workload))}`;
  return alive(await api.list<Pod>(`/api/v1/namespaces/${workload.namespace}/pods?${query}`));
}

/** Every pod of a node that has not ended, also those that are being deleted. */
export async function podsOnNode(api: KubeApi, node: string): Promise<Pod[]> {
  return alive(
    await api.list<Pod>(`/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`),
  );
}

/** Deletes pods with the shortest grace; those that are gone already are none. */
export async function endPods(api: KubeApi, pods: readonly Pod[]): Promise<void> {
  await Promise.all(
    pods.map(({ metadata }) =>
      api
        .delete(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {
          gracePeriodSeconds: SHORTEST_GRACE_S,
        })
        .catch(ignoreNotFound),
    ),
  );
}

/** @throws whatever is not a 404 */
export function ignoreNotFound(error: unknown): void {
  if ((error as { status?: unknown }).status !== 404) throw error;
}

const alive = (pods: readonly Pod[]): Pod[] =>
  pods
    .filter(({ status }) => status.phase !== "Succeeded" && status.phase !== "Failed")
    .toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
