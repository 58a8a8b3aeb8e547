import type Docker from "dockerode";
import { findHelpers, removeHelpers, runHelper, succeeded } from "../../../compose/faults/toolbox.ts";
import {
  textArg,
  toolboxFrom,
  type UndoArgs,
  type UndoOperation,
} from "../../../compose/faults/undo/operation.ts";
import { ENGINES_NETWORK, showQueue } from "./host-queue.ts";

/**
 * Takes away the queue before a node; that of a node which ended went with its cable. Args: `device`, `handle`, `token`,
 * `image`, `labels`.
 */
export const removeHostQueue: UndoOperation = {
  async undo(docker, args) {
    await removeHelpers(docker, textArg(args, "token"));
    const { device, look } = queueIn(args);
    const script = `[ -z "$(${look})" ] || tc qdisc del dev ${device} root`;
    succeeded("removing a queue", await inEnginesNetwork(docker, args, script));
  },
  async audit(docker, args) {
    const { device, look } = queueIn(args);
    if ((await findHelpers(docker, textArg(args, "token"))).length > 0) {
      return { clean: false, detail: `a helper of the fault still waits beside ${device}` };
    }
    const left = succeeded("looking for a queue", await inEnginesNetwork(docker, args, look));
    return {
      clean: left === "",
      detail: left === "" ? `no queue of the fault is left at ${device}` : `left in the kernel: ${left}`,
    };
  },
};

function queueIn(args: UndoArgs) {
  const device = textArg(args, "device");
  return { device, look: showQueue(device, textArg(args, "handle")) };
}

const inEnginesNetwork = (docker: Docker, args: UndoArgs, script: string) =>
  runHelper(toolboxFrom(docker, args), ["sh", "-c", script], ENGINES_NETWORK);
