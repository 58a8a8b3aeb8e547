import type { Confirmation, PreparedFault } from "../../../fault/injector.ts";
import type { ComposeFaultContext } from "./context.ts";
import { confirmEach, describeLife, type Target } from "./target.ts";

/** A fault that ends the life of running containers: confirmed when it has ended, undone by starting them again. */
export function blow(
  context: ComposeFaultContext,
  targets: readonly Target[],
  strike: (target: Target) => Promise<void>,
): PreparedFault {
  return {
    undo: targets.map(({ id }) => ({ op: "start", args: { container: id } })),
    apply: async () => void (await Promise.all(targets.map(strike))),
    confirm: () => confirmEach(targets, (target) => lifeEnded(context, target)),
  };
}

/** Confirmed when the container does not run any more, or runs a new life. */
export async function lifeEnded(context: ComposeFaultContext, target: Target): Promise<Confirmation> {
  const { ended, words } = await describeLife(context.docker, target);
  return { confirmed: ended, evidence: words };
}
