import type { ResolvedFault } from "../../../../fault/injector.ts";
import { faultToken } from "../../../compose/faults/toolbox.ts";
import type { KubeApi } from "../../api/kube-api.ts";
import type { NodeRef } from "../../cluster/cluster.ts";
import type { K3dFaultContext } from "../context.ts";
import { targetNodes } from "../targets.ts";

/** A node that a fault hits, and its cluster's API. */
export interface HitNode extends NodeRef {
  readonly api: KubeApi;
  readonly clusterId: string;
  /** Names this fault on this node, in any process; eight hexadecimal digits. */
  readonly token: string;
}

/** The nodes behind a fault's targets: themselves, a cluster's, the one of a service's first pod. */
export async function hitNodes(context: K3dFaultContext, fault: ResolvedFault): Promise<HitNode[]> {
  return (await targetNodes(context, fault)).map((node) => {
    const { api, id } = context.cluster(node.cluster);
    return { ...node, api, clusterId: id, token: faultToken(context, fault.id, node.name) };
  });
}
