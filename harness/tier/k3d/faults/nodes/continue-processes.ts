import type Docker from "dockerode";
import { inspectOrNull, statusOf } from "../../../compose/containers.ts";
import { findHelpers, removeHelpers, runHelper, succeeded } from "../../../compose/faults/toolbox.ts";
import {
  shortId,
  textArg,
  toolboxFrom,
  type UndoArgs,
  type UndoOperation,
} from "../../../compose/faults/undo/operation.ts";
import { signalProcesses, statesOf } from "./processes.ts";

/**
 * Sets a node's stopped processes going again; those of a node that was restarted are gone. Args: `container`, `token`,
 * `processes` (`PID:START`), `image`, `labels`.
 */
export const continueProcesses: UndoOperation = {
  async undo(docker, args) {
    await removeHelpers(docker, textArg(args, "token"));
    await among(docker, args, signalProcesses("CONT", processesIn(args)));
  },
  async audit(docker, args) {
    const id = shortId(textArg(args, "container"));
    if ((await findHelpers(docker, textArg(args, "token"))).length > 0) {
      return { clean: false, detail: `a helper of the fault still runs beside ${id}` };
    }
    const states = await among(docker, args, statesOf(processesIn(args)));
    const clean = !/:T$/m.test(states);
    return {
      clean,
      detail: clean
        ? `nothing hangs in ${id}`
        : `processes of ${id} still hang: ${states.replaceAll("\n", ", ")}`,
    };
  },
};

const processesIn = ({ processes }: UndoArgs): readonly string[] =>
  Array.isArray(processes) ? (processes as readonly string[]) : [];

/** Runs a script among the node's processes; nothing when there are none any more. */
async function among(docker: Docker, args: UndoArgs, script: string): Promise<string> {
  const id = textArg(args, "container");
  if (!(await inspectOrNull(docker, id))?.State.Running) return "";
  const host = { PidMode: `container:${id}`, NetworkMode: "none", CapAdd: ["KILL"] };
  try {
    return succeeded(
      "looking at processes",
      await runHelper(toolboxFrom(docker, args), ["sh", "-c", script], host),
    );
  } catch (error) {
    if (statusOf(error) === 404 || !(await inspectOrNull(docker, id))?.State.Running) return "";
    throw error;
  }
}
