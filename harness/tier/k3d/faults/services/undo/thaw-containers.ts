import { inspectOrNull } from "../../../../compose/containers.ts";
import { textArg, type UndoOperation } from "../../../../compose/faults/undo/operation.ts";
import { taskStates, thawTask } from "../tasks.ts";
import { listArg } from "./list-arg.ts";

/** Thaws containers of a pod. A node that does not run holds nothing frozen. Args: `node`, `containers`. */
export const thawContainers: UndoOperation = {
  async undo(docker, args) {
    const node = textArg(args, "node");
    if (!(await inspectOrNull(docker, node))?.State.Running) return;
    const states = await taskStates(docker, node);
    for (const id of listArg(args, "containers")) {
      if (states.get(id) === "PAUSED") await thawTask(docker, node, id);
    }
  },
  async audit(docker, args) {
    const node = textArg(args, "node");
    if (!(await inspectOrNull(docker, node))?.State.Running) {
      return { clean: true, detail: `node ${node} does not run` };
    }
    const states = await taskStates(docker, node);
    const frozen = listArg(args, "containers").filter((id) => states.get(id) === "PAUSED");
    return {
      clean: frozen.length === 0,
      detail:
        frozen.length === 0 ? `nothing is frozen on ${node}` : `frozen on ${node}: ${frozen.join(", ")}`,
    };
  },
};
