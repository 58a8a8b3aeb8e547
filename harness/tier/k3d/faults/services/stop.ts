import type { Injector } from "../../../../fault/injector.ts";
import { faultToken } from "../../../compose/faults/toolbox.ts";
import { KubeRefusal } from "../../api/kube-api.ts";
import type { K3dFaultContext } from "../context.ts";
import { isUnwanted, workloadsOf } from "./kill.ts";
import { confirmEachPod, type PodTarget, runningPods } from "./pods.ts";
import { requireScalable, scaleToZero, scalingBack } from "./scale.ts";
import { isDead } from "./strike.ts";

/** Between SIGTERM and SIGKILL, as on the other tiers; Kubernetes' own default of 30 s would outlast the confirmation. */
const GRACE_S = 10;

/** An orderly stop: scaled to zero, so its processes get SIGTERM, grace, SIGKILL, and nothing restarts them. */
export function stopInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningPods(context, fault);
      const workloads = workloadsOf(targets);
      for (const workload of workloads) requireScalable(workload, fault.kind);
      const token = faultToken(context, fault.id, fault.targets.join());
      return {
        undo: await Promise.all(workloads.map((workload) => scalingBack(context, workload, token))),
        apply: async () => {
          await Promise.all(workloads.map((workload) => scaleToZero(context, workload, token)));
          await Promise.all(targets.map((target) => deletePod(context, target, GRACE_S)));
        },
        confirm: () =>
          confirmEachPod(targets, async (target) => {
            const dead = await isDead(context, target);
            const unwanted = await isUnwanted(context, target);
            return {
              confirmed: dead.confirmed && unwanted.confirmed,
              evidence: `${dead.evidence}; ${unwanted.evidence}`,
            };
          }),
      };
    },
  };
}

/** Deletes this very pod; one that is gone, or was replaced, needs no deleting. */
export async function deletePod(
  context: K3dFaultContext,
  { workload, pod }: PodTarget,
  graceSeconds: number,
): Promise<void> {
  const path = `/api/v1/namespaces/${workload.namespace}/pods/${pod.metadata.name}`;
  const { api } = context.cluster(workload.cluster);
  try {
    await api.delete(path, {
      gracePeriodSeconds: graceSeconds,
      preconditions: { uid: pod.metadata.uid },
    });
  } catch (error) {
    if (!(error instanceof KubeRefusal && [404, 409].includes(error.status))) throw error;
  }
}
