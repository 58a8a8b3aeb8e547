import type { Injector } from "../../../fault/injector.ts";
import { statusOf } from "../containers.ts";
import { blow } from "./blow.ts";
import type { ComposeFaultContext } from "./context.ts";
import { runningTargets } from "./target.ts";

/** The engine kills every process. To the engine that is a manual stop, so no restart policy acts. */
export function killInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningTargets(context, fault);
      return blow(context, targets, ({ id }) => killContainer(context, id));
    },
  };
}

/** SIGKILL by the engine; one that does not run any more needs no killing. */
export async function killContainer({ docker }: ComposeFaultContext, id: string): Promise<void> {
  try {
    await docker.getContainer(id).kill();
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
}
