import type Docker from "dockerode";
import { inspectOrNull, statusOf } from "../../containers.ts";
import { listRules, removeRules as deleteRules } from "../rules.ts";
import { type CommandResult, findHelpers, inNetworkOf, removeHelpers, succeeded } from "../toolbox.ts";
import { shortId, textArg, toolboxFrom, type UndoArgs, type UndoOperation } from "./operation.ts";

/**
 * Takes a fault's packet filter chains out of a container's network namespace, and its helpers away. The rules of a
 * container that does not run went with its namespace. Args: `container`, `token`, `image`, `labels`.
 */
export const removeRules: UndoOperation = {
  async undo(docker, args) {
    const token = textArg(args, "token");
    // First the helper, so that it can't add anything after the rules are gone.
    await removeHelpers(docker, token);
    const script = `${deleteRules(token)}\nleft=$(${listRules(token)})\n[ -z "$left" ] || { echo "$left"; exit 1; }`;
    const result = await inNetwork(docker, args, script);
    if (result !== null) succeeded("removing the rules", result);
  },
  async audit(docker, args) {
    const id = shortId(textArg(args, "container"));
    const token = textArg(args, "token");
    const helpers = await findHelpers(docker, token);
    const result = await inNetwork(docker, args, listRules(token));
    const left = result === null ? "" : succeeded("listing the rules", result);
    if (helpers.length > 0) return { clean: false, detail: `a helper of the fault still runs beside ${id}` };
    if (left !== "") return { clean: false, detail: `rules of the fault are left in ${id}: ${left}` };
    return { clean: true, detail: `no rule of the fault is left in ${id}` };
  },
};

async function inNetwork(docker: Docker, args: UndoArgs, script: string): Promise<CommandResult | null> {
  const id = textArg(args, "container");
  if (!(await inspectOrNull(docker, id))?.State.Running) return null;
  try {
    return await inNetworkOf(toolboxFrom(docker, args), id, ["sh", "-c", script]);
  } catch (error) {
    if (statusOf(error) === 404 || !(await inspectOrNull(docker, id))?.State.Running) return null;
    throw error;
  }
}
