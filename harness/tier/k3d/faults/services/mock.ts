import type { Injector, ResolvedFault } from "../../../../fault/injector.ts";
import { type MockFault, mockFault, preparedMockFault } from "../../../../fault/mock/put.ts";
import { askCommand, readControlAnswer } from "../../../compose/faults/ask-in-network.ts";
import { toolboxArgs } from "../../../compose/faults/undo/operation.ts";
import type { K3dFaultContext } from "../context.ts";
import { heldPod } from "./held-pod.ts";
import { POD_GONE } from "./in-pod.ts";
import { confirmAllPods, networkedPods, type PodTarget } from "./pods.ts";

/** Faults of mocks, put into every pod over its control port by a helper in its own network. */
export function mockInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await networkedPods(context, fault);
      const pods = await Promise.all(targets.map((target) => faultIn(context, fault, target)));
      return preparedMockFault(fault, pods, () => confirmAllPods(context, pods, (pod) => pod.confirm()));
    },
  };
}

async function faultIn(
  context: K3dFaultContext,
  fault: ResolvedFault,
  target: PodTarget,
): Promise<MockFault & PodTarget> {
  const { controlPort: port } = await context.mockOf(target.service);
  const held = await heldPod(context, fault, target);
  const { node, uid } = held.place;
  const door = {
    name: target.pod.metadata.name,
    undo: {
      op: "withdraw-mock-fault-in-pod",
      args: { node, uid, port, fault: fault.id, token: held.token, ...toolboxArgs(held.toolbox) },
    },
    open: () => held.hold('exec sleep "$2"', [String(Math.ceil(fault.ttlMs / 1_000))]),
    ask: async (question: Parameters<typeof askCommand>[1]) => {
      const result = await held.inside(askCommand(port, question));
      if (result.exitCode === POD_GONE)
        return { kind: "nobody", why: "the pod is gone from its node" } as const;
      return readControlAnswer(result);
    },
  };
  return { ...target, ...mockFault(fault, door) };
}
