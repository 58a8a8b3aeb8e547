import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmAllPods, type PodTarget, runningContainers, runningPods } from "./pods.ts";
import { thawing } from "./strike.ts";
import { freezeTask, taskStates } from "./tasks.ts";

/** The kernel freezes every process of the pods' containers; the kubelet only sees probes that get no answer. */
export function pauseInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningPods(context, fault);
      return {
        undo: thawing(targets),
        apply: async () => {
          await Promise.all(
            targets.flatMap(({ node, pod }) =>
              runningContainers(pod).map((id) => freezeTask(context.docker, node, id)),
            ),
          );
        },
        confirm: () => confirmAllPods(context, targets, (target) => isFrozen(context, target)),
      };
    },
  };
}

async function isFrozen(context: K3dFaultContext, { node, pod }: PodTarget): Promise<Confirmation> {
  const states = await taskStates(context.docker, node);
  const words = runningContainers(pod).map((id) => states.get(id) ?? "gone");
  return {
    confirmed: words.every((word) => word === "PAUSED"),
    evidence: `by the runtime its containers are ${words.join(", ").toLowerCase()}`,
  };
}
