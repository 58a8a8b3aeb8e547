import type { Injector } from "../../../../fault/injector.ts";
import type { FaultKind } from "../../../../fault/kinds.ts";
import type { UndoOperation } from "../../../compose/faults/undo/operation.ts";
import type { K3dFaultContext } from "../context.ts";
import { bandwidthInjector } from "./bandwidth.ts";
import { cpuStressInjector } from "./cpu-stress.ts";
import { crashLoopInjector } from "./crash-loop.ts";
import { crashInjector } from "./crash.ts";
import { dataLossInjector } from "./data-loss.ts";
import { dbOutageInjector } from "./db-outage.ts";
import { diskFullInjector } from "./disk-full.ts";
import { dnsFailureInjector } from "./dns-failure.ts";
import { killInjector } from "./kill.ts";
import { memoryPressureInjector } from "./memory-pressure.ts";
import { mockInjector } from "./mock.ts";
import { partitionInjector } from "./partition.ts";
import { pauseInjector } from "./pause.ts";
import { podKillInjector } from "./pod-kill.ts";
import { stopInjector } from "./stop.ts";
import { cleanPod } from "./undo/clean-pod.ts";
import { removeNodeFile } from "./undo/remove-node-file.ts";
import { restoreFolder } from "./undo/restore-folder.ts";
import { scaleBack } from "./undo/scale-back.ts";
import { thawContainers } from "./undo/thaw-containers.ts";
import { withdrawMockFaultInPod } from "./undo/withdraw-mock-fault-in-pod.ts";

/** Faults on services: their pods, wherever these run. */
export function serviceInjectors(context: K3dFaultContext): Partial<Record<FaultKind, Injector>> {
  return {
    kill: killInjector(context),
    stop: stopInjector(context),
    crash: crashInjector(context),
    pause: pauseInjector(context),
    "db-outage": dbOutageInjector(context),
    "data-loss": dataLossInjector(context),
    "memory-pressure": memoryPressureInjector(context),
    "cpu-stress": cpuStressInjector(context),
    "disk-full": diskFullInjector(context),
    partition: partitionInjector(context),
    bandwidth: bandwidthInjector(context),
    "dns-failure": dnsFailureInjector(context),
    "pod-kill": podKillInjector(context),
    "crash-loop": crashLoopInjector(context),
    mock: mockInjector(context),
  };
}

/** How faults on services are put back, from this process or another. */
export const serviceUndo: ReadonlyMap<string, UndoOperation> = new Map([
  ["clean-pod", cleanPod],
  ["remove-node-file", removeNodeFile],
  ["restore-folder", restoreFolder],
  ["scale-back", scaleBack],
  ["thaw-containers", thawContainers],
  ["withdraw-mock-fault-in-pod", withdrawMockFaultInPod],
]);
