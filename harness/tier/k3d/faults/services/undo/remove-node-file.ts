import type Docker from "dockerode";
import { inspectOrNull } from "../../../../compose/containers.ts";
import { findHelpers, removeHelpers } from "../../../../compose/faults/toolbox.ts";
import { textArg, type UndoArgs, type UndoOperation } from "../../../../compose/faults/undo/operation.ts";
import { answered, execInNode, type NodeAnswer } from "../../in-node.ts";

/** Removes a file from a node. On one that does not run, what was in memory is gone. Args: `node`, `path`, `token`. */
export const removeNodeFile: UndoOperation = {
  async undo(docker, args) {
    // Whoever still fills must not go on after the file is gone.
    await removeHelpers(docker, textArg(args, "token"));
    const answer = await inNode(docker, args, ["rm", "-f"]);
    if (answer !== null) answered("removing the file", answer);
  },
  async audit(docker, args) {
    const path = textArg(args, "path");
    if ((await findHelpers(docker, textArg(args, "token"))).length > 0) {
      return { clean: false, detail: `a helper still fills ${path}` };
    }
    const gone = (await inNode(docker, args, ["test", "-e"]))?.exitCode !== 0;
    return { clean: gone, detail: gone ? `${path} is gone` : `${path} is still there` };
  },
};

async function inNode(
  docker: Docker,
  args: UndoArgs,
  command: readonly string[],
): Promise<NodeAnswer | null> {
  const node = textArg(args, "node");
  if (!(await inspectOrNull(docker, node))?.State.Running) return null;
  return execInNode(docker, node, [...command, textArg(args, "path")]);
}
