import type { Confirmation, Injector, PreparedFault, ResolvedFault } from "../../../../fault/injector.ts";
import type { WorkloadRef } from "../../../../stack/spec.ts";
import { faultToken } from "../../../compose/faults/toolbox.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmEachPod, type PodTarget, runningPods } from "./pods.ts";
import { requireScalable, scaleToZero, scalingBack, workloadNow } from "./scale.ts";
import { isDead, strike, thawing } from "./strike.ts";

/** Every process of the service dies from SIGKILL, and its workload asks for no replica, so that nothing restarts it. */
export function killInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningPods(context, fault);
      return downForGood(context, fault, targets, workloadsOf(targets));
    },
  };
}

/** Each workload once. */
export function workloadsOf(targets: readonly PodTarget[]): WorkloadRef[] {
  return [...new Map(targets.map(({ service, workload }) => [service, workload])).values()];
}

/**
 * The fault that ends these pods abruptly and scales these workloads to zero; `alsoTrue` may ask for more before it counts
 * as confirmed.
 */
export async function downForGood(
  context: K3dFaultContext,
  fault: ResolvedFault,
  targets: readonly PodTarget[],
  workloads: readonly WorkloadRef[],
  alsoTrue: (target: PodTarget) => Promise<Confirmation> = async () => ({ confirmed: true, evidence: "" }),
): Promise<PreparedFault> {
  for (const workload of workloads) requireScalable(workload, fault.kind);
  const token = faultToken(context, fault.id, fault.targets.join());
  return {
    undo: [
      ...thawing(targets),
      ...(await Promise.all(workloads.map((workload) => scalingBack(context, workload, token)))),
    ],
    apply: () =>
      strike(context, targets, async () => {
        await Promise.all(workloads.map((workload) => scaleToZero(context, workload, token)));
      }),
    confirm: () =>
      confirmEachPod(targets, async (target) => {
        const answers = [
          await isDead(context, target),
          await isUnwanted(context, target),
          await alsoTrue(target),
        ];
        return {
          confirmed: answers.every(({ confirmed }) => confirmed),
          evidence: answers.flatMap(({ evidence }) => evidence || []).join("; "),
        };
      }),
  };
}

/** Confirmed when the workload asks for no replica. */
export async function isUnwanted(context: K3dFaultContext, { workload }: PodTarget): Promise<Confirmation> {
  const { spec } = await workloadNow(context, workload);
  const replicas = spec.replicas ?? 1;
  return { confirmed: replicas === 0, evidence: `its ${workload.kind} asks for ${replicas} replicas` };
}
