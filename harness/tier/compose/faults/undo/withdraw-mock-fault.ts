import type Docker from "dockerode";
import {
  auditWithdrawn,
  type ControlAnswer,
  type ControlQuestion,
  withdraw,
} from "../../../../fault/mock/control.ts";
import { inspectOrNull, statusOf } from "../../containers.ts";
import { askCommand, readControlAnswer } from "../ask-in-network.ts";
import { findHelpers, removeHelpers, runHelper } from "../toolbox.ts";
import { shortId, textArg, toolboxFrom, type UndoArgs, type UndoOperation } from "./operation.ts";

/**
 * Takes a fault out of a mock, and the helper that sat beside it away. A mock that does not run has forgotten its faults.
 * Args: `container`, `port` (its control port), `fault`, `token`, `image`, `labels`.
 */
export const withdrawMockFault: UndoOperation = {
  async undo(docker, args) {
    await removeHelpers(docker, textArg(args, "token"));
    await withdraw((question) => ask(docker, args, question), textArg(args, "fault"));
  },
  async audit(docker, args) {
    if ((await findHelpers(docker, textArg(args, "token"))).length > 0)
      return { clean: false, detail: "a helper of the fault still runs" };
    const target = `container ${shortId(textArg(args, "container"))}`;
    return auditWithdrawn((question) => ask(docker, args, question), textArg(args, "fault"), target);
  },
};

async function ask(docker: Docker, args: UndoArgs, question: ControlQuestion): Promise<ControlAnswer> {
  const id = textArg(args, "container");
  const gone: ControlAnswer = { kind: "nobody", why: "it does not run" };
  const runs = async () => (await inspectOrNull(docker, id))?.State.Running === true;
  if (!(await runs())) return gone;
  try {
    const command = askCommand(Number(args["port"]), question);
    const result = await runHelper(toolboxFrom(docker, args), command, { NetworkMode: `container:${id}` });
    return readControlAnswer(result);
  } catch (error) {
    if (statusOf(error) === 404 || !(await runs())) return gone;
    throw error;
  }
}
