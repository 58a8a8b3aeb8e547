import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector, ResolvedFault } from "../../../../fault/injector.ts";
import { type Finding, textArg, type UndoOperation } from "../../../compose/faults/undo/operation.ts";
import type { KubeNode } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmEach } from "./confirm-each.ts";
import { GPU_RESOURCE, lostCount, lostMark, nodePath, offered, offering, readNode } from "./gpus.ts";
import { type HitNode, hitNodes } from "./hit-nodes.ts";
import { changeInCluster, patchInCluster, readInCluster } from "./in-cluster.ts";

interface Hit extends HitNode {
  readonly resource: string;
  readonly count: number;
}

/**
 * Takes the GPUs of nodes away, as when their device plug-in reports every device as unhealthy. The node itself says that
 * they are lost, by an annotation, so that whoever keeps them offered (gpus.ts) offers none. Pods that hold some run on.
 */
export function gpuLossInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const resource = fault.params.resource ?? GPU_RESOURCE;
      const hits = await withResource(await hitNodes(context, fault), resource, fault);
      return {
        undo: hits.map(({ clusterId, name, count }) => ({
          op: "restore-gpus",
          args: { cluster: clusterId, node: name, resource, count },
        })),
        apply: async () => void (await Promise.all(hits.map(lose))),
        confirm: () => confirmEach(hits, isLost),
      };
    },
  };
}

/** Those of the nodes that offer it; of a cluster some may not. @throws RUN_FAULT when none does */
async function withResource(
  nodes: readonly HitNode[],
  resource: string,
  fault: ResolvedFault,
): Promise<Hit[]> {
  const hits = await Promise.all(
    nodes.map(async (hit) => {
      const node = await readNode(hit.api, hit.name);
      // What an earlier application of this fault has hidden counts as offered.
      const count = lostCount(node, resource) ?? Number(node.status.capacity?.[resource] ?? 0);
      return { ...hit, resource, count };
    }),
  );
  const some = hits.filter(({ count }) => count > 0);
  if (some.length > 0) return some;
  throw new FiredrillError("RUN_FAULT", `fault "${fault.id}" finds no ${resource} to lose`, {
    received: `${nodes.map(({ place }) => place).join(", ")}: none offered`,
    expected: `a node that offers ${resource}`,
    hint: "give the agents of a pool GPUs in the description of the clusters: gpus: 1",
  });
}

async function lose({ api, name, resource, count }: Hit): Promise<void> {
  await api.patch(nodePath(name), "merge", {
    metadata: { annotations: { [lostMark(resource)]: String(count) } },
  });
  await api.patch(`${nodePath(name)}/status`, "json", offering(resource, 0));
}

async function isLost({ api, name, resource, count }: Hit): Promise<Confirmation> {
  const node = await readNode(api, name);
  const marked = lostCount(node, resource) !== null;
  const { capacity, allocatable } = node.status;
  const words = `${resource}: capacity ${capacity?.[resource] ?? 0}, allocatable ${allocatable?.[resource] ?? 0} of ${count}`;
  return {
    confirmed: marked && offered(node, resource) === 0,
    evidence: marked ? words : `${words}, and the node does not say any more that they are lost`,
  };
}

/** Offers a node's resource again. Args: `cluster`, `node`, `resource`, `count`. */
export const restoreGpus: UndoOperation = {
  async undo(docker, args) {
    const [cluster, name] = [textArg(args, "cluster"), textArg(args, "node")];
    const resource = textArg(args, "resource");
    const node = await readInCluster<KubeNode>(docker, cluster, ["node", name]);
    if (node === null) return;
    if (lostCount(node, resource) !== null) {
      const argv = ["annotate", "node", name, `${lostMark(resource)}-`];
      await changeInCluster(docker, cluster, `taking the mark off ${name}`, argv);
    }
    if (offered(node, resource) !== 0) return;
    const patch = offering(resource, Number(args["count"]));
    await patchInCluster(docker, cluster, ["node", name, "--subresource=status"], patch);
  },
  async audit(docker, args): Promise<Finding> {
    const [name, resource] = [textArg(args, "node"), textArg(args, "resource")];
    const node = await readInCluster<KubeNode>(docker, textArg(args, "cluster"), ["node", name]);
    if (node === null) return { clean: true, detail: `node ${name} is gone` };
    const clean = lostCount(node, resource) === null && offered(node, resource) !== 0;
    return { clean, detail: `node ${name} offers ${node.status.capacity?.[resource] ?? 0} ${resource}` };
  },
};
