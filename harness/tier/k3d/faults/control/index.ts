import type { Injector } from "../../../../fault/injector.ts";
import type { FaultKind } from "../../../../fault/kinds.ts";
import type { UndoOperation } from "../../../compose/faults/undo/operation.ts";
import type { K3dFaultContext } from "../context.ts";
import { clusterDnsInjector, restoreClusterDns } from "./cluster-dns.ts";
import { configCorruptInjector } from "./config-corrupt.ts";
import { cordonInjector, uncordon } from "./cordon.ts";
import { drainInjector } from "./drain.ts";
import { gpuLossInjector, restoreGpus } from "./gpu-loss.ts";
import { imageMissingInjector } from "./image-missing.ts";
import { nodeDiskPressureInjector, removeBallast } from "./node-disk-pressure.ts";
import { nodeMemoryPressureInjector } from "./node-memory-pressure.ts";
import { restoreConfig } from "./restore-config.ts";
import { restoreImage } from "./restore-image.ts";
import { removeTaint, taintInjector } from "./taint.ts";

/** Faults of what Kubernetes decides: where pods may run, what they are given, and what a node offers. */
export function controlInjectors(context: K3dFaultContext): Partial<Record<FaultKind, Injector>> {
  return {
    cordon: cordonInjector(context),
    drain: drainInjector(context),
    taint: taintInjector(context),
    "cluster-dns-outage": clusterDnsInjector(context),
    "image-missing": imageMissingInjector(context),
    "config-corrupt": configCorruptInjector(context),
    "gpu-loss": gpuLossInjector(context),
    "node-memory-pressure": nodeMemoryPressureInjector(context),
    "node-disk-pressure": nodeDiskPressureInjector(context),
  };
}

/** The undo operations of these faults. */
export const controlUndo: ReadonlyMap<string, UndoOperation> = new Map([
  ["uncordon", uncordon],
  ["remove-taint", removeTaint],
  ["restore-cluster-dns", restoreClusterDns],
  ["restore-image", restoreImage],
  ["restore-config", restoreConfig],
  ["restore-gpus", restoreGpus],
  ["remove-ballast", removeBallast],
]);
