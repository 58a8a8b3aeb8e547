import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmEachPod, podNow, type PodTarget, runningPods } from "./pods.ts";
import { deletePod } from "./stop.ts";
import { isDead, strike, thawing } from "./strike.ts";

/** Pods are deleted without grace, and their processes die from SIGKILL; the controller makes others. */
export function podKillInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const pods = await runningPods(context, fault);
      // The first of each service, by name.
      const targets = pods.filter(
        ({ service }, at) =>
          fault.params.all === true || pods.findIndex((it) => it.service === service) === at,
      );
      return {
        undo: thawing(targets),
        apply: () =>
          strike(context, targets, async () => {
            await Promise.all(targets.map((target) => deletePod(context, target, 0)));
          }),
        confirm: () => confirmEachPod(targets, (target) => isGone(context, target)),
      };
    },
  };
}

async function isGone(context: K3dFaultContext, target: PodTarget): Promise<Confirmation> {
  const dead = await isDead(context, target);
  return { ...dead, confirmed: dead.confirmed && (await podNow(context, target)) === null };
}
