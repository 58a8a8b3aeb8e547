import type { Injector } from "../../../fault/injector.ts";
import type { CommonKind } from "../../../fault/kinds.ts";
import type { ComposeFaultContext } from "./context.ts";
import { cpuStressInjector } from "./cpu-stress.ts";
import { crashInjector } from "./crash.ts";
import { dataLossInjector } from "./data-loss.ts";
import { dbOutageInjector } from "./db-outage.ts";
import { diskFullInjector } from "./disk-full.ts";
import { dnsFailureInjector } from "./dns-failure.ts";
import { killInjector } from "./kill.ts";
import { memoryPressureInjector } from "./memory-pressure.ts";
import { mockInjector } from "./mock.ts";
import { nodeLossInjector } from "./node-loss.ts";
import { partitionInjector } from "./partition.ts";
import { pauseInjector } from "./pause.ts";
import { shapingInjector } from "./shaping.ts";
import { stopInjector } from "./stop.ts";

export { composeAudit, composeUndo } from "./undo/index.ts";

/** Every fault kind that containers can show. */
export function composeInjectors(context: ComposeFaultContext): Record<CommonKind, Injector> {
  return {
    kill: killInjector(context),
    crash: crashInjector(context),
    stop: stopInjector(context),
    pause: pauseInjector(context),
    "node-loss": nodeLossInjector(context),
    "db-outage": dbOutageInjector(context),
    "data-loss": dataLossInjector(context),
    "memory-pressure": memoryPressureInjector(context),
    "cpu-stress": cpuStressInjector(context),
    "disk-full": diskFullInjector(context),
    partition: partitionInjector(context),
    latency: shapingInjector(context),
    bandwidth: shapingInjector(context),
    "dns-failure": dnsFailureInjector(context),
    mock: mockInjector(context),
  };
}
