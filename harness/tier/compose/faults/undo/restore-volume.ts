import type Docker from "dockerode";
import { inspectOrNull, statusOf } from "../../containers.ts";
import { removeHelpers, runHelper, succeeded } from "../toolbox.ts";
import { textArg, toolboxFrom, type UndoArgs, type UndoOperation } from "./operation.ts";
import { volumeExists } from "./remove-file.ts";

/** Marks a backup that is whole; the backup itself is in the folder beside it. */
export const BACKUP_DONE = "done";

/**
 * Puts a volume's files back from its backup, and removes the backup. Whoever uses the volume is stopped meanwhile. Without
 * a whole backup the volume was not emptied. Args: `token`, `volume`, `backup`, `image`, `labels`.
 */
export const restoreVolume: UndoOperation = {
  async undo(docker, args) {
    const volume = textArg(args, "volume");
    const backup = textArg(args, "backup");
    // Whoever was emptying the volume must not go on while it is filled again.
    await removeHelpers(docker, textArg(args, "token"));
    if (!(await volumeExists(docker, backup))) return;
    if (await volumeExists(docker, volume)) await whileStopped(docker, volume, () => copyBack(docker, args));
    try {
      await docker.getVolume(backup).remove();
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  },
  async audit(docker, args) {
    const backup = textArg(args, "backup");
    const left = await volumeExists(docker, backup);
    const volume = textArg(args, "volume");
    return {
      clean: !left,
      detail: left
        ? `the backup of volume ${volume} is still there: ${backup}`
        : `volume ${volume} is as it was`,
    };
  },
};

const COPY_BACK = `
set -e
[ -e /backup/${BACKUP_DONE} ] || exit 0
find /volume -mindepth 1 -delete
cp -a /backup/files/. /volume/`;

async function copyBack(docker: Docker, args: UndoArgs): Promise<void> {
  const mounts = {
    Binds: [`${textArg(args, "volume")}:/volume`, `${textArg(args, "backup")}:/backup:ro`],
    NetworkMode: "none",
  };
  const result = await runHelper(toolboxFrom(docker, args), ["sh", "-c", COPY_BACK], mounts);
  succeeded("restoring the volume", result);
}

async function whileStopped(docker: Docker, volume: string, act: () => Promise<void>): Promise<void> {
  const users = await docker.listContainers({ filters: { volume: [volume] } });
  // SIGKILL, as in the fault: what they would write on their way out is overwritten anyway.
  for (const { Id } of users) {
    const info = await inspectOrNull(docker, Id);
    if (info?.State.Running) await docker.getContainer(Id).kill();
  }
  try {
    await act();
  } finally {
    for (const { Id } of users) {
      if ((await inspectOrNull(docker, Id)) !== null) await docker.getContainer(Id).start();
    }
  }
}
