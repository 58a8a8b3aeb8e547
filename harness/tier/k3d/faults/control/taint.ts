import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import { type Finding, textArg, type UndoOperation } from "../../../compose/faults/undo/operation.ts";
import { KubeRefusal } from "../../api/kube-api.ts";
import type { KubeNode, Pod } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmEach } from "./confirm-each.ts";
import { nodePath, readNode } from "./gpus.ts";
import { type HitNode, hitNodes } from "./hit-nodes.ts";
import { changeInCluster, readInCluster } from "./in-cluster.ts";
import { podsOnNode } from "./pods.ts";
import { type Taint, tolerates } from "./tolerations.ts";

/** The key of the taint; its value is the fault's token. */
const TAINT_KEY = "firedrill.dev/fault";
const EFFECT = "NoExecute";
/** Controllers write taints too; each of their writes may cost one attempt. */
const ATTEMPTS = 5;

/** Drives pods off nodes by a taint, as `kubectl taint node NAME KEY=VALUE:NoExecute` does. */
export function taintInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const hits = await hitNodes(context, fault);
      for (const hit of hits) requireNoOther(hit, await readNode(hit.api, hit.name));
      return {
        undo: hits.map(({ clusterId, name, token }) => ({
          op: "remove-taint",
          args: { cluster: clusterId, node: name, token },
        })),
        apply: async () => void (await Promise.all(hits.map(taint))),
        confirm: () => confirmEach(hits, drivenOff),
      };
    },
  };
}

async function taint({ api, name, token }: HitNode): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { metadata, spec } = await readNode(api, name);
    const others = (spec.taints ?? []).filter((it) => !isOurs(it));
    const { resourceVersion } = metadata;
    const taints = [...others, { key: TAINT_KEY, value: token, effect: EFFECT }];
    try {
      // With the version that was read, so that no controller's taint is lost.
      await api.patch(nodePath(name), "merge", { metadata: { resourceVersion }, spec: { taints } });
      return;
    } catch (error) {
      if (!(error instanceof KubeRefusal && error.status === 409) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The taint is there, and every pod that does not tolerate it is gone or being ended. */
async function drivenOff({ api, name, token }: HitNode): Promise<Confirmation> {
  const ours = taintOf(await readNode(api, name), token);
  if (ours === null) return { confirmed: false, evidence: `the taint ${TAINT_KEY} is not there` };
  const pods = (await podsOnNode(api, name)).filter((pod) => !tolerates(pod, ours));
  const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const words = `tainted ${TAINT_KEY}=${token}:${EFFECT}`;
  return staying.length === 0
    ? { confirmed: true, evidence: `${words}; ${describeEnding(pods)}` }
    : { confirmed: false, evidence: `${words}; still there: ${names(staying)}` };
}

const describeEnding = (pods: readonly Pod[]): string =>
  pods.length === 0 ? "no pod is left that does not tolerate it" : `pods being ended: ${names(pods)}`;

const names = (pods: readonly Pod[]): string => pods.map(({ metadata }) => metadata.name).join(", ");

const isOurs = ({ key, effect }: Taint): boolean => key === TAINT_KEY && effect === EFFECT;

const taintOf = (node: KubeNode, token: string): Taint | null =>
  (node.spec.taints ?? []).find((it) => isOurs(it) && it.value === token) ?? null;

/** @throws RUN_FAULT: key and effect of a taint are unique on a node */
function requireNoOther({ place, token }: HitNode, node: KubeNode): void {
  const other = (node.spec.taints ?? []).find((it) => isOurs(it) && it.value !== token);
  if (other === undefined) return;
  throw new FiredrillError("RUN_FAULT", `"${place}" has the taint of another fault`, {
    received: `${other.key}=${other.value ?? ""}:${other.effect}`,
    expected: `a node without ${TAINT_KEY}:${EFFECT}`,
    hint: "let one fault end before the other begins",
  });
}

/** Takes the fault's taint off a node. Args: `cluster`, `node`, `token`. */
export const removeTaint: UndoOperation = {
  async undo(docker, args) {
    const [cluster, name] = [textArg(args, "cluster"), textArg(args, "node")];
    const node = await readInCluster<KubeNode>(docker, cluster, ["node", name]);
    if (node === null || taintOf(node, textArg(args, "token")) === null) return;
    const argv = ["taint", "node", name, `${TAINT_KEY}:${EFFECT}-`];
    await changeInCluster(docker, cluster, `untainting ${name}`, argv);
  },
  async audit(docker, args): Promise<Finding> {
    const name = textArg(args, "node");
    const node = await readInCluster<KubeNode>(docker, textArg(args, "cluster"), ["node", name]);
    if (node === null) return { clean: true, detail: `node ${name} is gone` };
    const left = taintOf(node, textArg(args, "token")) !== null;
    return { clean: !left, detail: `node ${name} ${left ? "still has" : "does not have"} the fault's taint` };
  },
};
