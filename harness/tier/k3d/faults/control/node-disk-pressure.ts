import type Docker from "dockerode";
import { FiredrillError } from "../../../../error.ts";
import type { Injector } from "../../../../fault/injector.ts";
import { marked, removeHelpers, runHelper, succeeded, toolboxFor } from "../../../compose/faults/toolbox.ts";
import { textArg, toolboxArgs, type UndoOperation } from "../../../compose/faults/undo/operation.ts";
import { removeFile } from "../../../compose/faults/undo/remove-file.ts";
import type { K3dFaultContext } from "../context.ts";
import { answered, execInNode } from "../in-node.ts";
import { FILL, fileSize } from "./ballast.ts";
import type { HitNode } from "./hit-nodes.ts";
import type { Room } from "./kubelet-view.ts";
import { type Ballast, nodePressureInjector } from "./node-pressure.ts";

/** The kubelet's files: what it calls `nodefs`. */
const KUBELET_DIR = "/var/lib/kubelet";
/** Where the helper that fills has the node's disk. */
const IN_HELPER = "/disk";

/**
 * Fills an agent's bounded disk. The disk may lie in memory (a tmpfs volume), so a helper writes, whose memory is not the
 * node's: else the node would run short of memory instead.
 */
export function nodeDiskPressureInjector(context: K3dFaultContext): Injector {
  return nodePressureInjector(context, {
    condition: "DiskPressure",
    signal: "nodefs.available",
    plan: (hit) => planFor(context, hit),
  });
}

async function planFor(context: K3dFaultContext, hit: HitNode): Promise<Ballast> {
  const { docker } = context;
  const { name, token } = hit;
  const volume = await boundedDisk(context, hit);
  const file = `firedrill-ballast-${token}`;
  const path = `${KUBELET_DIR}/${file}`;
  const toolbox = marked(await toolboxFor(context, name), token);
  const host = { Binds: [`${volume}:${IN_HELPER}`], NetworkMode: "none" };
  return {
    undo: [
      {
        op: "remove-ballast",
        args: { token, container: name, path, volume, inVolume: file, ...toolboxArgs(toolbox) },
      },
    ],
    room: () => diskRoom(docker, name),
    grow: async (bytes) => {
      const fill = [...FILL, `${IN_HELPER}/${file}`, String(bytes)];
      succeeded("filling the disk", await runHelper(toolbox, fill, host));
    },
    sizeBytes: () => fileSize(docker, name, path),
  };
}

/** The volume that is the agent's disk. @throws USAGE_FAULT when it has none of limited size */
async function boundedDisk(context: K3dFaultContext, { name, place, cluster }: HitNode): Promise<string> {
  const { Mounts } = await context.docker.getContainer(name).inspect();
  const volume = Mounts.find(({ Type, Destination }) => Type === "volume" && Destination === KUBELET_DIR);
  const limit = context.cluster(cluster).spec.agentDiskBytes;
  const { capacityBytes } = await diskRoom(context.docker, name);
  if (volume?.Name !== undefined && limit !== null && capacityBytes <= limit) return volume.Name;
  throw new FiredrillError("USAGE_FAULT", `"${place}" has no disk of its own`, {
    received: `${KUBELET_DIR} on a file system of ${Math.round(capacityBytes / 2 ** 20)} MiB`,
    expected: "a disk of limited size, so that the node's is filled and the machine's is not",
    hint: "give the cluster one in its description: agentDisk: 1Gi",
  });
}

async function diskRoom(docker: Docker, node: string): Promise<Room> {
  // POSIX: the last line is "device kilobytes used free capacity mount-point".
  const output = answered("asking for the disk", await execInNode(docker, node, ["df", "-kP", KUBELET_DIR]));
  const [, kilobytes, , free] = output.split("\n").at(-1)?.split(/\s+/) ?? [];
  return { availableBytes: Number(free) * 1024, capacityBytes: Number(kilobytes) * 1024 };
}

/**
 * Removes a file from a node's disk, and first the helper that may still write it. Args: `token` and those of
 * `remove-file`.
 */
export const removeBallast: UndoOperation = {
  async undo(docker, args) {
    await removeHelpers(docker, textArg(args, "token"));
    await removeFile.undo(docker, args);
  },
  audit: (docker, args) => removeFile.audit(docker, args),
};
