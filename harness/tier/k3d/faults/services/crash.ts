import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmEachPod, containerId, podNow, type PodTarget, runningPods } from "./pods.ts";
import { killTask } from "./tasks.ts";

/** The first container's first process dies from SIGKILL, from outside; the kubelet restarts it by the pod's policy. */
export function crashInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningPods(context, fault);
      return {
        // The kubelet itself puts back what can be put back.
        undo: [],
        apply: async () => {
          await Promise.all(
            targets.flatMap(({ node, pod }) =>
              mainContainer(pod).map((id) => killTask(context.docker, node, id, "first")),
            ),
          );
        },
        confirm: () => confirmEachPod(targets, (target) => hasCrashed(context, target)),
      };
    },
  };
}

/** Of the container that the pod lists first. */
function mainContainer({ spec, status }: PodTarget["pod"]): string[] {
  const name = spec.containers[0]?.name;
  const main = status.containerStatuses?.find((container) => container.name === name);
  return main === undefined ? [] : containerId(main);
}

async function hasCrashed(context: K3dFaultContext, target: PodTarget): Promise<Confirmation> {
  const now = await podNow(context, target);
  if (now === null) return { confirmed: true, evidence: "the pod is gone" };
  const [before] = mainContainer(target.pod);
  const status = now.status.containerStatuses?.find(({ name }) => name === now.spec.containers[0]?.name);
  const [current] = mainContainer(now);
  const death =
    current === before
      ? status?.state.terminated
      : (status?.lastState?.terminated ?? status?.state.terminated);
  if (death === undefined) return { confirmed: false, evidence: "the kubelet has not seen it die" };
  const since = status?.state.running?.startedAt;
  return {
    confirmed: true,
    evidence: `died with exit code ${death.exitCode} at ${death.finishedAt ?? "an unknown time"}; ${
      since === undefined ? "not up again yet" : `runs again since ${since}`
    } (restarts: ${status?.restartCount ?? 0})`,
  };
}
