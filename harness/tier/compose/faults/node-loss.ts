import { FiredrillError } from "../../../error.ts";
import type { Injector, ResolvedFault } from "../../../fault/injector.ts";
import { blow } from "./blow.ts";
import type { ComposeFaultContext } from "./context.ts";
import { killContainer } from "./kill.ts";
import type { Target } from "./target.ts";

/** Everything on the node dies in the same instant. A dead container's addresses vanish with it, so nothing need be cut. */
export function nodeLossInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningOnNodes(context, fault);
      return blow(context, targets, ({ id }) => killContainer(context, id));
    },
  };
}

/** What runs on the targets' nodes, each once. What was down before stays down. @throws RUN_FAULT when nothing runs */
async function runningOnNodes(context: ComposeFaultContext, fault: ResolvedFault): Promise<Target[]> {
  const perNode = await Promise.all(fault.targets.map((service) => context.containersOnNode(service)));
  const unique = new Map(perNode.flat().map((it) => [it.id, it]));
  const targets = await Promise.all(
    [...unique.values()].map(async ({ service, id }) => ({
      service,
      id,
      info: await context.docker.getContainer(id).inspect(),
    })),
  );
  const running = targets.filter(({ info }) => info.State.Running);
  if (running.length > 0) return running;
  throw new FiredrillError("RUN_FAULT", `nothing runs on the node of ${fault.targets.join(", ")}`, {
    expected: "at least one running container",
  });
}
