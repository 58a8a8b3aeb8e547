import type { StackSpec } from "../../../stack/spec.ts";
import { systemClock } from "../../../time/system-clock.ts";
import type { RunningStack } from "../../tier.ts";
import type { ComposeFaultContext } from "./context.ts";
import { composeAudit, composeInjectors, composeUndo } from "./index.ts";

const notAsked = (): never => {
  throw new Error("a fault's lifecycle does not ask for this");
};

/** The part of a running stack that a fault's lifecycle needs, over containers that a test has started. */
export function faultyStack(context: ComposeFaultContext): RunningStack {
  const spec: StackSpec = { name: "test", file: "", services: {}, roles: {}, places: {}, kubernetes: null };
  return {
    tier: "compose",
    spec,
    clock: systemClock(),
    injectors: composeInjectors(context),
    undo: (action) => composeUndo(context.docker, action),
    audit: (action) => composeAudit(context.docker, action),
    state: notAsked,
    request: notAsked,
    runShell: notAsked,
    logs: notAsked,
    fingerprint: notAsked,
    outsideAttempts: notAsked,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
