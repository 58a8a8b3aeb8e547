import { inspectOrNull, statusOf } from "../../containers.ts";
import { shortId, textArg, type UndoOperation } from "./operation.ts";

/** Thaws a container. Args: `container`. */
export const unpause: UndoOperation = {
  async undo(docker, args) {
    const id = textArg(args, "container");
    const info = await inspectOrNull(docker, id);
    if (info === null || !info.State.Paused) return;
    try {
      await docker.getContainer(id).unpause();
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  },
  async audit(docker, args) {
    const id = textArg(args, "container");
    const info = await inspectOrNull(docker, id);
    if (info === null) return { clean: true, detail: `container ${shortId(id)} is gone` };
    return { clean: !info.State.Paused, detail: `container ${shortId(id)} is ${info.State.Status}` };
  },
};
