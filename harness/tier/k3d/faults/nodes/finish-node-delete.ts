import type Docker from "dockerode";
import { inspectOrNull } from "../../../compose/containers.ts";
import { textArg, type UndoArgs, type UndoOperation } from "../../../compose/faults/undo/operation.ts";
import { answered } from "../in-node.ts";
import { isNotFound, kubectlInServer } from "../kubectl-in-server.ts";

/**
 * A node that was taken away does not come back; what a runner has left half done is done: the Node object of a container
 * that is gone is deleted too. Args: `container` (its id), `node` (its name), `cluster` (k3d's name).
 */
export const finishNodeDelete: UndoOperation = {
  async undo(docker, args) {
    if (!(await isOrphaned(docker, args))) return;
    const name = textArg(args, "node");
    const command = ["delete", "node", name, "--ignore-not-found", "--wait=false"];
    const answer = await kubectlInServer(docker, textArg(args, "cluster"), command);
    if (answer !== null) answered(`deleting node ${name}`, answer);
  },
  async audit(docker, args) {
    const name = textArg(args, "node");
    if (await isOrphaned(docker, args)) {
      return { clean: false, detail: `node ${name} has lost its container and is still listed` };
    }
    const exists = (await inspectOrNull(docker, textArg(args, "container"))) !== null;
    return {
      clean: true,
      detail: exists
        ? `node ${name} was not deleted`
        : `node ${name} is gone for good; nothing is left of it`,
    };
  },
};

/** Gone in the engine, also under its name (it may have been replaced), and still there for Kubernetes. */
async function isOrphaned(docker: Docker, args: UndoArgs): Promise<boolean> {
  for (const name of ["container", "node"]) {
    if ((await inspectOrNull(docker, textArg(args, name))) !== null) return false;
  }
  const look = ["get", "node", textArg(args, "node"), "--output=name"];
  const answer = await kubectlInServer(docker, textArg(args, "cluster"), look);
  if (answer === null || isNotFound(answer)) return false;
  return answered("looking for the node", answer) !== "";
}
