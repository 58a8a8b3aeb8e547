import type { ResolvedFault, Injector } from "../../../fault/injector.ts";
import { type MockDoor, mockFault, preparedMockFault } from "../../../fault/mock/put.ts";
import { askCommand, readControlAnswer } from "./ask-in-network.ts";
import type { ComposeFaultContext } from "./context.ts";
import { runningTargets, sameLife, type Target } from "./target.ts";
import { execIn, faultToken, marked, removeHelpers, startHelper, toolboxFor } from "./toolbox.ts";
import { toolboxArgs } from "./undo/operation.ts";

/** Faults of mocks, put over their control ports by a helper in their own network, so that no other fault is in the way. */
export function mockInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningTargets(context, fault);
      const doors = await Promise.all(targets.map((target) => doorTo(context, fault, target)));
      return preparedMockFault(
        fault,
        doors.map((door) => mockFault(fault, door)),
      );
    },
  };
}

async function doorTo(context: ComposeFaultContext, fault: ResolvedFault, target: Target): Promise<MockDoor> {
  const { docker } = context;
  const { controlPort: port } = await context.mockOf(target.service);
  const token = faultToken(context, fault.id, target.id);
  const toolbox = await toolboxFor(context, target.id);
  let helper = "";
  return {
    name: target.service,
    undo: {
      op: "withdraw-mock-fault",
      args: { container: target.id, port, fault: fault.id, token, ...toolboxArgs(toolbox) },
    },
    async open() {
      await removeHelpers(docker, token);
      const sitting = ["sleep", String(Math.ceil(fault.ttlMs / 1_000))];
      helper = await startHelper(marked(toolbox, token), sitting, { NetworkMode: `container:${target.id}` });
    },
    async ask(question) {
      if (!(await sameLife(context, target))) return { kind: "nobody", why: "it was restarted" };
      return readControlAnswer(await execIn(docker, helper, askCommand(port, question)));
    },
  };
}
