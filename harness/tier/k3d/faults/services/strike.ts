import type { Confirmation } from "../../../../fault/injector.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import type { K3dFaultContext } from "../context.ts";
import { podNow, type PodTarget, runningContainers } from "./pods.ts";
import { freezeTask, isAlive, killTask, taskStates, thawTask } from "./tasks.ts";

/**
 * Every process of the pods dies from SIGKILL, and nothing starts it again: frozen in one moment, so that nobody runs or
 * notices while `tell` lets Kubernetes know that the pods shall end, then killed. The other way round either the kubelet
 * restarts what was killed, or the processes get SIGTERM and time to say goodbye.
 */
export async function strike(
  context: K3dFaultContext,
  targets: readonly PodTarget[],
  tell: () => Promise<void>,
): Promise<void> {
  const { docker } = context;
  const victims = targets.flatMap(({ node, pod }) => runningContainers(pod).map((id) => ({ node, id })));
  try {
    await Promise.all(victims.map(({ node, id }) => freezeTask(docker, node, id)));
    await tell();
  } catch (error) {
    await Promise.allSettled(victims.map(({ node, id }) => thawTask(docker, node, id)));
    throw error;
  }
  await Promise.all(victims.map(({ node, id }) => killTask(docker, node, id, "all")));
}

/** For a runner that died between freezing and killing. */
export function thawing(targets: readonly PodTarget[]): UndoAction[] {
  return targets.map(({ node, pod }) => ({
    op: "thaw-containers",
    args: { node, containers: runningContainers(pod) },
  }));
}

/** Confirmed when no process of the pod is left, by the runtime's word, and the API's says so too. */
export async function isDead(context: K3dFaultContext, target: PodTarget): Promise<Confirmation> {
  const states = await taskStates(context.docker, target.node);
  const alive = runningContainers(target.pod).filter((id) => isAlive(states.get(id)));
  if (alive.length > 0)
    return { confirmed: false, evidence: `${alive.length} of its containers have processes` };
  const now = await podNow(context, target);
  if (now === null) return { confirmed: true, evidence: "no process of it is left, and the pod is gone" };
  const statuses = now.status.containerStatuses ?? [];
  const ended = statuses.map(({ state }) => state.terminated?.exitCode);
  return {
    confirmed: ended.every((code) => code !== undefined),
    evidence: `no process of it is left; exit codes by the kubelet: ${ended.map((code) => code ?? "not yet").join(", ")}`,
  };
}
