import type Docker from "dockerode";
import { inspectOrNull, statusOf } from "../../containers.ts";
import { type CommandResult, execIn, runHelper } from "../toolbox.ts";
import { shortId, textArg, toolboxFrom, type UndoArgs, type UndoOperation } from "./operation.ts";

/**
 * Removes a file that a fault has written. On a volume it is reached whether or not the container runs; on a tmpfs it has
 * vanished when the container does not run. Args: `container`, `path`; for a volume also `volume`, `inVolume` (the path in
 * it), `image`, `labels`.
 */
export const removeFile: UndoOperation = {
  async undo(docker, args) {
    const result = await whereTheFileIs(docker, args, "rm", "-f");
    if (result !== null && result.exitCode !== 0) throw new Error(`rm failed: ${result.output}`);
  },
  async audit(docker, args) {
    const path = textArg(args, "path");
    const result = await whereTheFileIs(docker, args, "test", "-e");
    if (result === null) {
      return { clean: true, detail: `container ${shortId(textArg(args, "container"))} does not run` };
    }
    const gone = result.exitCode === 1;
    return { clean: gone, detail: gone ? `${path} is gone` : `${path} is still there` };
  },
};

/** Runs a command on the file; null when there is no place any more where it could be. */
async function whereTheFileIs(
  docker: Docker,
  args: UndoArgs,
  ...command: readonly string[]
): Promise<CommandResult | null> {
  const volume = args["volume"];
  if (typeof volume === "string") {
    if (!(await volumeExists(docker, volume))) return null;
    const mounts = { Binds: [`${volume}:/volume`], NetworkMode: "none" };
    return runHelper(toolboxFrom(docker, args), [...command, `/volume/${textArg(args, "inVolume")}`], mounts);
  }
  const id = textArg(args, "container");
  if (!(await inspectOrNull(docker, id))?.State.Running) return null;
  try {
    return await execIn(docker, id, [...command, textArg(args, "path")]);
  } catch (error) {
    // It died or vanished in between; a paused one refuses as well, and that is a failure.
    if (statusOf(error) === 404 || !(await inspectOrNull(docker, id))?.State.Running) return null;
    throw error;
  }
}

/** Does the engine have this volume? */
export async function volumeExists(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getVolume(name).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}
