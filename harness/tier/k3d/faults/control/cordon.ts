import type { Injector } from "../../../../fault/injector.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import type { Finding, UndoOperation } from "../../../compose/faults/undo/operation.ts";
import { textArg } from "../../../compose/faults/undo/operation.ts";
import type { KubeApi } from "../../api/kube-api.ts";
import type { KubeNode } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmEach } from "./confirm-each.ts";
import { nodePath, readNode } from "./gpus.ts";
import { type HitNode, hitNodes } from "./hit-nodes.ts";
import { changeInCluster, readInCluster } from "./in-cluster.ts";

/** Marks nodes as unschedulable, as `kubectl cordon` does. */
export function cordonInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const hits = await hitNodes(context, fault);
      return {
        undo: await uncordonActions(hits),
        apply: async () => void (await Promise.all(hits.map(({ api, name }) => cordon(api, name)))),
        confirm: () =>
          confirmEach(hits, async ({ api, name }) => {
            const cordoned = isCordoned(await readNode(api, name));
            return { confirmed: cordoned, evidence: cordoned ? "unschedulable" : "still takes pods" };
          }),
      };
    },
  };
}

/** @throws KubeRefusal, KubeSilence */
export async function cordon(api: KubeApi, node: string): Promise<void> {
  await api.patch(nodePath(node), "merge", { spec: { unschedulable: true } });
}

export const isCordoned = (node: KubeNode): boolean => node.spec.unschedulable === true;

/** For the nodes that take pods now: one that somebody else has cordoned stays so. */
export async function uncordonActions(hits: readonly HitNode[]): Promise<UndoAction[]> {
  const nodes = await Promise.all(
    hits.map(async (hit) => ({ hit, node: await readNode(hit.api, hit.name) })),
  );
  return nodes
    .filter(({ node }) => !isCordoned(node))
    .map(({ hit }) => ({ op: "uncordon", args: { cluster: hit.clusterId, node: hit.name } }));
}

/** Lets a node take pods again. Args: `cluster`, `node`. */
export const uncordon: UndoOperation = {
  async undo(docker, args) {
    const [cluster, node] = [textArg(args, "cluster"), textArg(args, "node")];
    await changeInCluster(docker, cluster, `uncordoning ${node}`, ["uncordon", node]);
  },
  async audit(docker, args): Promise<Finding> {
    const name = textArg(args, "node");
    const node = await readInCluster<KubeNode>(docker, textArg(args, "cluster"), ["node", name]);
    if (node === null) return { clean: true, detail: `node ${name} is gone` };
    const cordoned = isCordoned(node);
    return { clean: !cordoned, detail: `node ${name} ${cordoned ? "is unschedulable" : "takes pods"}` };
  },
};
