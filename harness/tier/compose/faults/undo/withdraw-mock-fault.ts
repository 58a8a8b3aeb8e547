import type Docker from "dockerode";
import {
  type AskControl,
  auditWithdrawn,
  type ControlAnswer,
  withdraw,
} from "../../../../fault/mock/control.ts";
import { inspectOrNull, statusOf } from "../../containers.ts";
import { askCommand, readControlAnswer } from "../ask-in-network.ts";
import { type CommandResult, findHelpers, removeHelpers, runHelper, type Toolbox } from "../toolbox.ts";
import { shortId, textArg, toolboxFrom, type UndoArgs, type UndoOperation } from "./operation.ts";

/** Where a mock lives, as an undo action tells it. */
export interface MockPlace {
  /** The argument with the container without which the mock is gone. */
  readonly container: string;
  /** The mock in a finding. */
  name(args: UndoArgs): string;
  /** Runs a command in the mock's network; null: the mock is gone. */
  run(toolbox: Toolbox, args: UndoArgs, command: readonly string[]): Promise<CommandResult | null>;
}

/**
 * Takes a fault out of a mock, and the helper that sat beside it away. A mock that does not run has forgotten its faults.
 * Args: those of the place, `port` (the mock's control port), `fault`, `token`, `image`, `labels`.
 */
export function withdrawingFrom(place: MockPlace): UndoOperation {
  const asker =
    (docker: Docker, args: UndoArgs): AskControl =>
    async (question) => {
      const gone: ControlAnswer = { kind: "nobody", why: `${place.name(args)} is gone` };
      const runs = async () =>
        (await inspectOrNull(docker, textArg(args, place.container)))?.State.Running === true;
      if (!(await runs())) return gone;
      try {
        const command = askCommand(Number(args["port"]), question);
        const result = await place.run(toolboxFrom(docker, args), args, command);
        return result === null ? gone : readControlAnswer(result);
      } catch (error) {
        if (statusOf(error) === 404 || !(await runs())) return gone;
        throw error;
      }
    };
  return {
    async undo(docker, args) {
      await removeHelpers(docker, textArg(args, "token"));
      await withdraw(asker(docker, args), textArg(args, "fault"));
    },
    async audit(docker, args) {
      if ((await findHelpers(docker, textArg(args, "token"))).length > 0)
        return { clean: false, detail: "a helper of the fault still runs" };
      return auditWithdrawn(asker(docker, args), textArg(args, "fault"), place.name(args));
    },
  };
}

/** Args: `container`, and what every such action has. */
export const withdrawMockFault = withdrawingFrom({
  container: "container",
  name: (args) => `container ${shortId(textArg(args, "container"))}`,
  run: (toolbox, args, command) =>
    runHelper(toolbox, command, { NetworkMode: `container:${textArg(args, "container")}` }),
});
