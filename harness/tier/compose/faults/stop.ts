import type { Injector } from "../../../fault/injector.ts";
import { statusOf } from "../containers.ts";
import { blow } from "./blow.ts";
import type { ComposeFaultContext } from "./context.ts";
import { runningTargets } from "./target.ts";

/** Between SIGTERM and SIGKILL, as `docker stop` has it by default. */
const GRACE_S = 10;

/** An orderly stop by the engine: SIGTERM (or the image's stop signal), grace, SIGKILL. No restart policy acts. */
export function stopInjector(context: ComposeFaultContext): Injector {
  const stop = async (id: string) => {
    try {
      await context.docker.getContainer(id).stop({ t: GRACE_S });
    } catch (error) {
      // 304: it has ended by itself.
      if (statusOf(error) !== 304) throw error;
    }
  };
  return {
    async prepare(fault) {
      const targets = await runningTargets(context, fault);
      return blow(context, targets, ({ id }) => stop(id));
    },
  };
}
