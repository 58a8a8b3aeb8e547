import { FiredrillError } from "../../../error.ts";
import type { ResolvedFault } from "../../../fault/injector.ts";
import type { NodeRef } from "../cluster/cluster.ts";
import type { K3dFaultContext, Located } from "./context.ts";
import { nodesUnder } from "./locate.ts";

/** What a fault's targets are now; all of one kind. @throws USAGE_SELECTION when they are mixed */
export async function locateTargets(
  context: Pick<K3dFaultContext, "locate">,
  fault: ResolvedFault,
): Promise<readonly Located[]> {
  const located = await Promise.all(fault.targets.map((target) => context.locate(target)));
  const kinds = new Set(located.map(({ kind }) => kind));
  if (kinds.size <= 1) return located;
  throw new FiredrillError("USAGE_SELECTION", `fault "${fault.id}" has targets of several kinds`, {
    received: located.map(({ name, kind }) => `${name} (${kind})`).join(", "),
    expected: "only services, only nodes, or only clusters",
    hint: "make a fault of its own for each kind of target",
  });
}

/** The nodes that a fault hits, each once; of a service the node of its first pod. @throws RUN_FAULT without one */
export async function targetNodes(context: K3dFaultContext, fault: ResolvedFault): Promise<NodeRef[]> {
  const nodes = (await locateTargets(context, fault)).flatMap((it) => nodesOf(context, it));
  return [...new Map(nodes.map((node) => [node.name, node])).values()];
}

/** The nodes behind one name. @throws RUN_FAULT for a service without a pod on a node */
export function nodesOf(context: Pick<K3dFaultContext, "cluster">, located: Located): readonly NodeRef[] {
  return nodesUnder(located, located.kind === "service" ? [context.cluster(located.workload.cluster)] : []);
}
