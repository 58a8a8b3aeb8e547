import type { Confirmation, Injector, PreparedFault } from "../../../../fault/injector.ts";
import { inspectOrNull, statusOf } from "../../../compose/containers.ts";
import { KubeRefusal } from "../../api/kube-api.ts";
import type { NodeRef } from "../../cluster/cluster.ts";
import type { K3dFaultContext } from "../context.ts";
import { containerId, onNodes } from "./node-context.ts";

/** A node that is taken away. */
interface Lost extends NodeRef {
  readonly id: string;
}

/**
 * The node's container is removed with its disks, and its Node object is deleted, as a cloud's controller does it when the
 * machine is gone. Nothing brings it back; a runbook may make another.
 */
export function nodeDeleteInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault): Promise<PreparedFault> {
      const { nodes } = await onNodes(context, fault);
      const lost = await Promise.all(
        nodes.map(async (node): Promise<Lost> => ({ ...node, id: await containerId(context, node) })),
      );
      return {
        undo: lost.map(({ id, name, cluster }) => ({
          op: "finish-node-delete",
          args: { container: id, node: name, cluster: context.cluster(cluster).id },
        })),
        apply: async () => void (await Promise.all(lost.map((node) => remove(context, node)))),
        confirm: async () => {
          const answers = await Promise.all(lost.map((node) => isGone(context, node)));
          return {
            confirmed: answers.every(({ confirmed }) => confirmed),
            evidence: answers.map(({ evidence }) => evidence).join("; "),
          };
        },
      };
    },
  };
}

async function remove(context: K3dFaultContext, { id, name, cluster }: Lost): Promise<void> {
  await context.docker
    .getContainer(id)
    .remove({ force: true, v: true })
    .catch(unless([404]));
  await context
    .cluster(cluster)
    .api.delete(`/api/v1/nodes/${name}`)
    .catch(unless([404]));
}

async function isGone(context: K3dFaultContext, { id, name, cluster, place }: Lost): Promise<Confirmation> {
  if ((await inspectOrNull(context.docker, id)) !== null) {
    return { confirmed: false, evidence: `${place}: its container is still there` };
  }
  const node = await context
    .cluster(cluster)
    .api.get(`/api/v1/nodes/${name}`)
    .catch(unless([404]));
  const evidence =
    node === null ? "its container and its Node object are gone" : "its Node object is still there";
  return { confirmed: node === null, evidence: `${place}: ${evidence}` };
}

/** Takes a refusal of the engine or the API server with one of these statuses for "there is none". */
const unless = (statuses: readonly number[]) => (error: unknown) => {
  const status = error instanceof KubeRefusal ? error.status : statusOf(error);
  if (status !== null && statuses.includes(status)) return null;
  throw error;
};
