import type { StackSpec } from "../../../stack/spec.ts";
import type { RunningStack } from "../../tier.ts";
import type { K3dFaultContext } from "./context.ts";
import { k3dAudit, k3dInjectors, k3dUndo } from "./index.ts";

const notAsked = (): never => {
  throw new Error("a fault's lifecycle does not ask for this");
};

/** The part of a running stack that a fault's lifecycle needs, over clusters that a test has made. */
export function faultyClusters(context: K3dFaultContext, spec: StackSpec): RunningStack {
  return {
    tier: "k3d",
    spec,
    clock: context.clock,
    injectors: k3dInjectors(context),
    undo: (action) => k3dUndo(context.docker, action),
    audit: (action) => k3dAudit(context.docker, action),
    state: notAsked,
    request: notAsked,
    runShell: notAsked,
    logs: notAsked,
    fingerprint: notAsked,
    outsideAttempts: notAsked,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
