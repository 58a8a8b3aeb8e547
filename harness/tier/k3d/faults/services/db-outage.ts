import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import type { K3dFaultContext } from "../context.ts";
import { downForGood, workloadsOf } from "./kill.ts";
import { type PodTarget, runningPods } from "./pods.ts";

interface EndpointSlice {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[] | null;
}

/** The database dies without a checkpoint and stays down: no process, no replica asked for, no endpoint ready. */
export function dbOutageInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningPods(context, fault);
      return downForGood(context, fault, targets, workloadsOf(targets), (target) => isOut(context, target));
    },
  };
}

async function isOut(context: K3dFaultContext, { workload }: PodTarget): Promise<Confirmation> {
  const { cluster, namespace, service } = workload;
  if (service === null) return { confirmed: true, evidence: "no Service leads to it" };
  const slices = await context
    .cluster(cluster)
    .api.list<EndpointSlice>(
      `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D${service}`,
    );
  // Nothing said means ready (API reference, EndpointConditions).
  const ready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  return {
    confirmed: ready.length === 0,
    evidence: `Service ${service} has ${ready.length} ready endpoints`,
  };
}
