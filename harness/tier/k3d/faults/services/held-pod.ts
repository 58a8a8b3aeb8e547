import type { Confirmation, ResolvedFault } from "../../../../fault/injector.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import { keepUntilTtl } from "../../../compose/faults/rules.ts";
import {
  type CommandResult,
  execIn,
  faultToken,
  findHelpers,
  marked,
  removeHelpers,
  succeeded,
  type Toolbox,
  toolboxFor,
} from "../../../compose/faults/toolbox.ts";
import { toolboxArgs } from "../../../compose/faults/undo/operation.ts";
import type { K3dFaultContext } from "../context.ts";
import { besidePod, inPodsNetwork, POD_GONE, type PodPlace, startBesidePod } from "./in-pod.ts";
import type { PodTarget } from "./pods.ts";

/** A pod with a helper beside it that holds the fault's effect and ends it when its time is up. */
export interface HeldPod extends PodTarget {
  readonly place: PodPlace;
  readonly token: string;
  readonly toolbox: Toolbox;
  /** Takes away whatever the fault has left in and beside the pod. */
  readonly undo: readonly UndoAction[];
  /** Starts the helper, beside the pod: `script` is its whole life. @throws RUN_FAULT when the pod is gone */
  hold(script: string, args?: readonly string[]): Promise<void>;
  /** Confirmed while the helper is there. */
  helperThere(): Promise<Confirmation>;
  /** Runs a script beside the pod, in the helper. */
  beside(script: string, args?: readonly string[]): Promise<CommandResult>;
  /** Runs a command in the pod's network, in the helper. */
  inside(argv: readonly string[]): Promise<CommandResult>;
}

/** Prepares; changes nothing. `memoryLimit`: of the pod, to be put back. */
export async function heldPod(
  context: K3dFaultContext,
  fault: ResolvedFault,
  target: PodTarget,
  memoryLimit: string | null = null,
): Promise<HeldPod> {
  const { docker } = context;
  const { uid } = target.pod.metadata;
  const place = { node: target.node, uid };
  const token = faultToken(context, fault.id, uid);
  const toolbox = await toolboxFor(context, target.node);
  let helper = "";
  return {
    ...target,
    place,
    token,
    toolbox,
    undo: [
      { op: "clean-pod", args: { node: target.node, uid, token, memoryLimit, ...toolboxArgs(toolbox) } },
    ],
    hold: async (script, args = []) => {
      await removeHelpers(docker, token);
      helper = await startBesidePod(marked(toolbox, token), place, script, args);
    },
    helperThere: async () => {
      const there = (await findHelpers(docker, token)).includes(helper);
      return { confirmed: there, evidence: there ? "" : "the helper beside it is gone" };
    },
    beside: (script, args = []) => execIn(docker, helper, besidePod(uid, script, args)),
    inside: (argv) => execIn(docker, helper, inPodsNetwork(uid, argv)),
  };
}

/** Keeps the rules in the pod's network, and queues beside it, until the time to live is over. */
export async function holdRules(held: HeldPod, ttlMs: number): Promise<void> {
  const [, , keep = ""] = keepUntilTtl(held.token, ttlMs);
  // In both networks: what shapes the traffic towards a pod sits on its node's end of the link. The helper itself stays in
  // the node's, which is where later commands in it begin.
  await held.hold('sh -c "$2" & nsenter -t "$sandbox" -n sh -c "$2"', [keep]);
}

/** What a command in or beside the pod said. @throws RUN_FAULT when it failed; says so when the pod is gone */
export function toldBy(what: string, result: CommandResult): string {
  if (result.exitCode === POD_GONE) return succeeded(`${what}: the pod is gone from its node; it`, result);
  return succeeded(what, result);
}
