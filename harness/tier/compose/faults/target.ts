import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import type { Confirmation, ResolvedFault } from "../../../fault/injector.ts";
import { inspectOrNull } from "../containers.ts";
import type { ComposeFaultContext } from "./context.ts";

/** A container that a fault hits, as it was when the fault was prepared. */
export interface Target {
  readonly service: string;
  readonly id: string;
  readonly info: Docker.ContainerInspectInfo;
}

/** All targets of a fault, running or not. */
export async function targetsOf(context: ComposeFaultContext, fault: ResolvedFault): Promise<Target[]> {
  return Promise.all(
    fault.targets.map(async (service) => {
      const id = await context.containerOf(service);
      return { service, id, info: await context.docker.getContainer(id).inspect() };
    }),
  );
}

/** All targets of a fault. @throws RUN_FAULT when one does not run: what is down already can't be broken */
export async function runningTargets(context: ComposeFaultContext, fault: ResolvedFault): Promise<Target[]> {
  const targets = await targetsOf(context, fault);
  const down = targets.find(({ info: { State } }) => !State.Running || State.Restarting || State.Paused);
  if (down === undefined) return targets;
  throw new FiredrillError("RUN_FAULT", `"${down.service}" is not running, so ${fault.kind} has no target`, {
    received: `its container is ${down.info.State.Status}`,
    expected: "a running container",
  });
}

/** Is it the same container in the same life: neither replaced nor restarted since? */
export async function sameLife(context: ComposeFaultContext, target: Target): Promise<boolean> {
  const current = await context.containerOf(target.service).catch(() => null);
  if (current !== target.id) return false;
  const info = await inspectOrNull(context.docker, target.id);
  return info !== null && info.State.Running && info.State.StartedAt === target.info.State.StartedAt;
}

/** Confirmed when every target is; the evidence names each. */
export async function confirmEach<T extends Target>(
  targets: readonly T[],
  confirm: (target: T) => Promise<Confirmation>,
): Promise<Confirmation> {
  const answers = await Promise.all(targets.map(confirm));
  return {
    confirmed: answers.every(({ confirmed }) => confirmed),
    evidence: answers.map(({ evidence }, at) => `${targets[at]?.service}: ${evidence}`).join("; "),
  };
}

/** How the engine describes a container's state, for evidence. */
export async function describeLife(
  docker: Docker,
  target: Target,
): Promise<{ readonly ended: boolean; readonly words: string }> {
  const info = await inspectOrNull(docker, target.id);
  if (info === null) return { ended: true, words: "its container is gone" };
  const { State, RestartCount } = info;
  const before = target.info;
  if (!State.Running) return { ended: true, words: `${State.Status}, exit code ${State.ExitCode}` };
  if (State.StartedAt !== before.State.StartedAt) {
    return {
      ended: true,
      words: `died and runs again since ${State.StartedAt} (restarts: ${before.RestartCount} → ${RestartCount})`,
    };
  }
  return { ended: false, words: `still ${State.Status}` };
}
