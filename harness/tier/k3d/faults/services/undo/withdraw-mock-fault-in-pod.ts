import type Docker from "dockerode";
import {
  auditWithdrawn,
  type ControlAnswer,
  type ControlQuestion,
  withdraw,
} from "../../../../../fault/mock/control.ts";
import { inspectOrNull, statusOf } from "../../../../compose/containers.ts";
import { askCommand, readControlAnswer } from "../../../../compose/faults/ask-in-network.ts";
import { findHelpers, removeHelpers } from "../../../../compose/faults/toolbox.ts";
import {
  textArg,
  toolboxFrom,
  type UndoArgs,
  type UndoOperation,
} from "../../../../compose/faults/undo/operation.ts";
import { IN_PODS_NETWORK, POD_GONE, runBesidePod } from "../in-pod.ts";

/**
 * Takes a fault out of a mock that runs in a pod, and the helper beside it away. With the pod it is gone. Args: `node`,
 * `uid`, `port` (the mock's control port), `fault`, `token`, `image`, `labels`.
 */
export const withdrawMockFaultInPod: UndoOperation = {
  async undo(docker, args) {
    await removeHelpers(docker, textArg(args, "token"));
    await withdraw((question) => ask(docker, args, question), textArg(args, "fault"));
  },
  async audit(docker, args) {
    if ((await findHelpers(docker, textArg(args, "token"))).length > 0)
      return { clean: false, detail: "a helper of the fault still runs" };
    return auditWithdrawn((question) => ask(docker, args, question), textArg(args, "fault"), "the pod");
  },
};

async function ask(docker: Docker, args: UndoArgs, question: ControlQuestion): Promise<ControlAnswer> {
  const node = textArg(args, "node");
  const gone: ControlAnswer = { kind: "nobody", why: "the pod is gone" };
  const runs = async () => (await inspectOrNull(docker, node))?.State.Running === true;
  if (!(await runs())) return gone;
  try {
    const place = { node, uid: textArg(args, "uid") };
    const command = askCommand(Number(args["port"]), question);
    const result = await runBesidePod(toolboxFrom(docker, args), place, IN_PODS_NETWORK, command);
    return result.exitCode === POD_GONE ? gone : readControlAnswer(result);
  } catch (error) {
    if (statusOf(error) === 404 || !(await runs())) return gone;
    throw error;
  }
}
