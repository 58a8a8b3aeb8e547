import type Docker from "dockerode";
import { inspectOrNull, statusOf } from "../../containers.ts";
import { type CommandResult, runHelper, succeeded } from "../toolbox.ts";
import { shortId, textArg, toolboxFrom, type UndoArgs, type UndoOperation } from "./operation.ts";

/** The marker comes by the environment: in an argument it would be found in this command itself. */
const FIND = `marked=$(pgrep -f "$MARKER")`;
/**
 * Children first, so that their parents collect them: what is left to the container's first process may stay there as a
 * zombie. A parent without children ends by itself or is ended.
 */
const END = `
attempt=0
while ${FIND}; do
  children=$(pgrep -P "$(echo $marked | tr ' ' ',')")
  attempt=$((attempt + 1))
  if [ "$attempt" -gt 50 ]; then kill -9 $marked $children; exit 0; fi
  kill -9 \${children:-$marked} 2>/dev/null
  sleep 0.1
done
true`;

/**
 * Ends the processes that a fault has started in a container, found by a word in their command line, and their children.
 * Args: `container`, `marker`, `image`, `labels`.
 */
export const endProcesses: UndoOperation = {
  async undo(docker, args) {
    const result = await among(docker, args, END);
    if (result !== null) succeeded("ending the fault's processes", result);
  },
  async audit(docker, args) {
    const id = shortId(textArg(args, "container"));
    const result = await among(docker, args, `${FIND}; echo $marked`);
    const left = result === null ? "" : succeeded("looking for the fault's processes", result);
    return {
      clean: left === "",
      detail:
        left === ""
          ? `none of the fault's processes runs in ${id}`
          : `processes of the fault run in ${id}: ${left}`,
    };
  },
};

/** Runs a script among the container's processes; null when there are none. */
async function among(docker: Docker, args: UndoArgs, script: string): Promise<CommandResult | null> {
  const id = textArg(args, "container");
  if (!(await inspectOrNull(docker, id))?.State.Running) return null;
  const host = { PidMode: `container:${id}`, NetworkMode: "none", CapAdd: ["KILL"] };
  try {
    return await runHelper(toolboxFrom(docker, args), ["sh", "-c", script], host, [
      `MARKER=${textArg(args, "marker")}`,
    ]);
  } catch (error) {
    if (statusOf(error) === 404 || !(await inspectOrNull(docker, id))?.State.Running) return null;
    throw error;
  }
}
