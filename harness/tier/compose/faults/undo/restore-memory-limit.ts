import type Docker from "dockerode";
import { inspectOrNull } from "../../containers.ts";
import { readMemoryLimit, writeMemoryLimit } from "../memory-limit.ts";
import { shortId, textArg, toolboxFrom, type UndoArgs, type UndoOperation } from "./operation.ts";

/**
 * Gives a container its memory limit back, in the life in which it lost it: a later life began with the old one.
 * Args: `container`, `startedAt`, `previous`, `image`, `labels`.
 */
export const restoreMemoryLimit: UndoOperation = {
  async undo(docker, args) {
    const info = await sameLifeOrNull(docker, args);
    // Version 1 of control groups reads "no limit" as -1 and prints it as a huge number, which it takes as well.
    if (info !== null) {
      await writeMemoryLimit(toolboxFrom(docker, args), { id: info.Id, info }, textArg(args, "previous"));
    }
  },
  async audit(docker, args) {
    const id = shortId(textArg(args, "container"));
    const info = await sameLifeOrNull(docker, args);
    if (info === null) return { clean: true, detail: `container ${id} began anew with its own memory limit` };
    const now = await readMemoryLimit(toolboxFrom(docker, args), { id: info.Id, info });
    return {
      clean: now === textArg(args, "previous"),
      detail: `the memory limit of container ${id} is ${now}`,
    };
  },
};

async function sameLifeOrNull(docker: Docker, args: UndoArgs): Promise<Docker.ContainerInspectInfo | null> {
  const info = await inspectOrNull(docker, textArg(args, "container"));
  return info?.State.Running && info.State.StartedAt === textArg(args, "startedAt") ? info : null;
}
