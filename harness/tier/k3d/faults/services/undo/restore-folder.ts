import type Docker from "dockerode";
import { inspectOrNull } from "../../../../compose/containers.ts";
import { removeHelpers, runHelper, succeeded } from "../../../../compose/faults/toolbox.ts";
import {
  textArg,
  toolboxFrom,
  type UndoArgs,
  type UndoOperation,
} from "../../../../compose/faults/undo/operation.ts";
import { answered } from "../../in-node.ts";
import { BACKUP_DONE } from "../data-loss.ts";
import { kubectl, scaleFromDisk, workloadFromDisk } from "./workload.ts";

/** `$1`: the folder, `$2`: the copy. Without a whole copy the folder was not emptied. */
const COPY_BACK = `
set -e
[ -e "/proc/1/root$2" ] || exit 0
if [ -e "/proc/1/root$2/${BACKUP_DONE}" ]; then
  find "/proc/1/root$1" -mindepth 1 -delete
  cp -a "/proc/1/root$2/files/." "/proc/1/root$1/"
fi
rm -rf "/proc/1/root$2"`;
/** Pods that are deleted without grace go within seconds. */
const GONE_WITHIN = "25s";

/**
 * Puts a volume's files back from the copy beside it, and removes the copy. Whoever uses the volume is scaled down
 * meanwhile. Args: `node`, `path`, `backup`, `token`, `selector`, the workload's and the helper's.
 */
export const restoreFolder: UndoOperation = {
  async undo(docker, args) {
    // Whoever was emptying the folder must not go on while it is filled again.
    await removeHelpers(docker, textArg(args, "token"));
    if (!(await backupThere(docker, args))) return;
    const running = (await workloadFromDisk(docker, args))?.spec.replicas ?? 0;
    if (running > 0) await scaleDown(docker, args);
    const argv = ["sh", "-c", COPY_BACK, "restore", textArg(args, "path"), textArg(args, "backup")];
    succeeded("restoring the volume", await among(docker, args, argv));
    if (running > 0) await scaleFromDisk(docker, args, null, running);
  },
  async audit(docker, args) {
    const left = await backupThere(docker, args);
    const path = textArg(args, "path");
    return {
      clean: !left,
      detail: left ? `the copy of ${path} is still there` : `the volume ${path} is as it was`,
    };
  },
};

/** A node that is gone has taken its folders with it. @throws when it is there and does not run */
async function backupThere(docker: Docker, args: UndoArgs): Promise<boolean> {
  const node = textArg(args, "node");
  const info = await inspectOrNull(docker, node);
  if (info === null) return false;
  const argv = ["test", "-e", `/proc/1/root${textArg(args, "backup")}`];
  return (await among(docker, args, argv)).exitCode === 0;
}

/** The token stays on the workload until it is scaled back, so that this can be done again. */
async function scaleDown(docker: Docker, args: UndoArgs): Promise<void> {
  await scaleFromDisk(docker, args, textArg(args, "token"), 0);
  const those = ["pods", `--selector=${textArg(args, "selector")}`];
  const argv = ["delete", ...those, "--grace-period=0", "--force", "--wait", `--timeout=${GONE_WITHIN}`];
  const answer = await kubectl(docker, args, argv);
  if (answer !== null) answered("ending the pods that use the volume", answer);
}

function among(docker: Docker, args: UndoArgs, argv: readonly string[]) {
  return runHelper(toolboxFrom(docker, args), argv, {
    PidMode: `container:${textArg(args, "node")}`,
    NetworkMode: "none",
    UsernsMode: "host",
    Privileged: true,
  });
}
