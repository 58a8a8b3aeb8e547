import type { Injector } from "../../../../fault/injector.ts";
import type { FaultKind } from "../../../../fault/kinds.ts";
import type { ComposeFaultContext } from "../../../compose/faults/context.ts";
import { cpuStressInjector } from "../../../compose/faults/cpu-stress.ts";
import { crashInjector } from "../../../compose/faults/crash.ts";
import { killInjector } from "../../../compose/faults/kill.ts";
import { nodeLossInjector } from "../../../compose/faults/node-loss.ts";
import { partitionInjector } from "../../../compose/faults/partition.ts";
import { pauseInjector } from "../../../compose/faults/pause.ts";
import { stopInjector } from "../../../compose/faults/stop.ts";
import type { UndoOperation } from "../../../compose/faults/undo/operation.ts";
import type { K3dFaultContext } from "../context.ts";
import { apiOutageInjector } from "./api-outage.ts";
import { bandwidthInjector } from "./bandwidth.ts";
import { continueProcesses } from "./continue-processes.ts";
import { finishNodeDelete } from "./finish-node-delete.ts";
import { hangInjector } from "./hang.ts";
import { nodeDeleteInjector } from "./node-delete.ts";
import { type NodeFault, nodesAsContainers, onNodes } from "./node-context.ts";
import { removeHostQueue } from "./remove-host-queue.ts";
import { aroundNodes } from "./surroundings.ts";

/** What faults mean for nodes and whole clusters. A node is a container, so what kills or freezes one is compose's. */
export function nodeInjectors(context: K3dFaultContext): Partial<Record<FaultKind, Injector>> {
  const byContainer = (
    make: (containers: ComposeFaultContext, spelled: NodeFault) => Injector,
  ): Injector => ({
    async prepare(fault) {
      const spelled = await onNodes(context, fault);
      return make(nodesAsContainers(context, spelled.nodes), spelled).prepare(spelled.fault);
    },
  });
  return {
    kill: byContainer(killInjector),
    // Its first process dies from outside, and the engine's restart policy brings it back: a reboot.
    crash: byContainer(crashInjector),
    stop: byContainer(stopInjector),
    pause: byContainer(pauseInjector),
    "node-loss": byContainer(nodeLossInjector),
    "cpu-stress": byContainer(cpuStressInjector),
    partition: byContainer((containers, spelled) =>
      partitionInjector(containers, aroundNodes(context, spelled)),
    ),
    bandwidth: bandwidthInjector(context),
    "node-delete": nodeDeleteInjector(context),
    "kubelet-stop": hangInjector(context, "kubelet"),
    "runtime-stop": hangInjector(context, "runtime"),
    "api-outage": apiOutageInjector(context),
  };
}

/** How node faults are undone, beside compose's operations. */
export const nodeUndo: ReadonlyMap<string, UndoOperation> = new Map([
  ["continue-processes", continueProcesses],
  ["finish-node-delete", finishNodeDelete],
  ["remove-host-queue", removeHostQueue],
]);
