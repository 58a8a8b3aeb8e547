import { FiredrillError } from "../../../../error.ts";
import type { Injector } from "../../../../fault/injector.ts";
import { toolboxFor } from "../../../compose/faults/toolbox.ts";
import { toolboxArgs } from "../../../compose/faults/undo/operation.ts";
import type { K3dFaultContext } from "../context.ts";
import { answered, execInNode } from "../in-node.ts";
import { FILL, fileSize } from "./ballast.ts";
import type { HitNode } from "./hit-nodes.ts";
import { memoryRoom } from "./kubelet-view.ts";
import { type Ballast, nodePressureInjector } from "./node-pressure.ts";

/**
 * Fills an agent's memory with a file in `/run`, which k3d makes a tmpfs: its pages count as the node's, can't be written
 * back anywhere, and go with the node's life.
 */
export function nodeMemoryPressureInjector(context: K3dFaultContext): Injector {
  return nodePressureInjector(context, {
    condition: "MemoryPressure",
    signal: "memory.available",
    plan: (hit) => planFor(context, hit),
  });
}

async function planFor(context: K3dFaultContext, { api, name, place, token }: HitNode): Promise<Ballast> {
  const { docker } = context;
  const { HostConfig } = await docker.getContainer(name).inspect();
  if ((HostConfig.Memory ?? 0) === 0) {
    throw new FiredrillError("USAGE_FAULT", `"${place}" has no memory limit of its own`, {
      received: "an agent that may use all of the machine's memory",
      expected: "a limit, so that the node is short of memory and the machine is not",
      hint: "give the cluster one in its description: agentMemory: 1Gi",
    });
  }
  const path = `/run/firedrill-ballast-${token}`;
  const toolbox = toolboxArgs(await toolboxFor(context, name));
  return {
    undo: [
      // Whoever still fills must not go on after the file is gone.
      { op: "end-processes", args: { container: name, marker: path, ...toolbox } },
      { op: "remove-file", args: { container: name, path } },
    ],
    room: () => memoryRoom(docker, api, name),
    grow: async (bytes) =>
      void answered("filling memory", await execInNode(docker, name, [...FILL, path, String(bytes)])),
    sizeBytes: () => fileSize(docker, name, path),
  };
}
