import { FiredrillError } from "../../../../error.ts";
import type { ResolvedFault } from "../../../../fault/injector.ts";
import { statusOf } from "../../../compose/containers.ts";
import type { ComposeFaultContext } from "../../../compose/faults/context.ts";
import type { NodeRef } from "../../cluster/cluster.ts";
import type { K3dFaultContext } from "../context.ts";
import { locateTargets, nodesOf } from "../targets.ts";

/** A fault on nodes. */
export interface NodeFault {
  /** Its targets are places of single nodes: clusters, and a service that loses its node, are spelled out. */
  readonly fault: ResolvedFault;
  readonly nodes: readonly NodeRef[];
  /** The clusters that are hit as a whole. */
  readonly clusters: readonly string[];
}

/** Spells the fault's targets out as nodes. @throws RUN_FAULT, USAGE_SELECTION */
export async function onNodes(context: K3dFaultContext, fault: ResolvedFault): Promise<NodeFault> {
  const located = await locateTargets(context, fault);
  const nodes = located.flatMap((it) => nodesOf(context, it));
  const unique = [...new Map(nodes.map((node) => [node.name, node])).values()];
  return {
    fault: { ...fault, targets: unique.map(({ place }) => place) },
    nodes: unique,
    clusters: located.filter(({ kind }) => kind === "cluster").map(({ name }) => name),
  };
}

/** Nodes as what the compose tier's faults hit: containers, each with the name of its place for a service. */
export function nodesAsContainers(context: K3dFaultContext, nodes: readonly NodeRef[]): ComposeFaultContext {
  const containerOf = async (place: string) => containerId(context, nodeAt(nodes, place));
  const noVolume = () => {
    throw new FiredrillError("BUG", "no fault on a node asks for its volumes");
  };
  const noMock = () => {
    throw new FiredrillError("BUG", "no node is a mock");
  };
  return {
    docker: context.docker,
    runId: context.runId,
    toolboxImage: context.toolboxImage,
    emit: context.emit,
    containerOf,
    containersOnNode: async (place) => [{ service: place, id: await containerOf(place) }],
    volumeOf: noVolume,
    mockOf: noMock,
  };
}

/** The id of a node's container. @throws RUN_FAULT when it has none (any more) */
export async function containerId({ docker }: K3dFaultContext, { name, place }: NodeRef): Promise<string> {
  try {
    return (await docker.getContainer(name).inspect()).Id;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    throw new FiredrillError("RUN_FAULT", `node "${place}" has no container`, {
      received: `nothing called ${name}`,
      expected: "a node that exists; one that was deleted or lost can't be hit",
      cause: error,
    });
  }
}

/** The node of a place. */
export function nodeAt(nodes: readonly NodeRef[], place: string): NodeRef {
  const node = nodes.find((it) => it.place === place);
  if (node) return node;
  throw new FiredrillError("BUG", `no node is called "${place}"`);
}
