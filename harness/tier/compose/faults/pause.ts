import type { Injector } from "../../../fault/injector.ts";
import { inspectOrNull } from "../containers.ts";
import type { ComposeFaultContext } from "./context.ts";
import { confirmEach, runningTargets, sameLife } from "./target.ts";

/** The engine freezes every process: connections stay open and nothing answers. */
export function pauseInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningTargets(context, fault);
      return {
        undo: targets.map(({ id }) => ({ op: "unpause", args: { container: id } })),
        apply: async () =>
          void (await Promise.all(targets.map(({ id }) => context.docker.getContainer(id).pause()))),
        confirm: () =>
          confirmEach(targets, async (target) => {
            const info = await inspectOrNull(context.docker, target.id);
            const paused = info?.State.Paused === true && (await sameLife(context, target));
            return {
              confirmed: paused,
              evidence: paused ? "frozen" : `it is ${info?.State.Status ?? "gone"}`,
            };
          }),
      };
    },
  };
}
