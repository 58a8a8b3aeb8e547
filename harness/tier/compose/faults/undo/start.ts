import { inspectOrNull, statusOf } from "../../containers.ts";
import { shortId, textArg, type UndoOperation } from "./operation.ts";

/** Starts a container that ran before the fault. Args: `container`. */
export const start: UndoOperation = {
  async undo(docker, args) {
    const id = textArg(args, "container");
    const info = await inspectOrNull(docker, id);
    if (info === null || info.State.Running) return;
    try {
      await docker.getContainer(id).start();
    } catch (error) {
      // 304: somebody started it meanwhile. 404: somebody removed it.
      if (![304, 404].includes(statusOf(error) ?? 0)) throw error;
    }
  },
  async audit(docker, args) {
    const id = textArg(args, "container");
    const info = await inspectOrNull(docker, id);
    if (info === null) return { clean: true, detail: `container ${shortId(id)} was replaced or removed` };
    return { clean: info.State.Running, detail: `container ${shortId(id)} is ${info.State.Status}` };
  },
};
