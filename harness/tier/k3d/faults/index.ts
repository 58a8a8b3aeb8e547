import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import type { Injector } from "../../../fault/injector.ts";
import { FAULT_KINDS, type FaultKind } from "../../../fault/kinds.ts";
import type { UndoAction } from "../../../fault/undo.ts";
import { composeAudit, composeUndo } from "../../compose/faults/index.ts";
import type { Finding } from "../../compose/faults/undo/operation.ts";
import type { K3dFaultContext, Located } from "./context.ts";
import { controlInjectors, controlUndo } from "./control/index.ts";
import { nodeInjectors, nodeUndo } from "./nodes/index.ts";
import { serviceInjectors, serviceUndo } from "./services/index.ts";
import { locateTargets } from "./targets.ts";

/** Kinds that only a node can suffer: on a service, the node of its pod does. */
const NODE_KINDS = ["node-loss", "node-delete", "kubelet-stop", "runtime-stop"] as const;

type Injectors = Partial<Record<FaultKind, Injector>>;

/** Every fault kind of the tier. One kind may mean several things: a service, a node and a cluster die differently. */
export function k3dInjectors(context: K3dFaultContext): Injectors {
  const control = controlInjectors(context);
  const nodes: Injectors = { ...nodeInjectors(context), ...control };
  const ofItsNode = Object.fromEntries(NODE_KINDS.map((kind) => [kind, nodes[kind]]));
  const services: Injectors = { ...ofItsNode, ...serviceInjectors(context), ...control };
  const byTarget: Record<Located["kind"], Injectors> = { service: services, node: nodes, cluster: nodes };
  return Object.fromEntries(
    FAULT_KINDS.filter((kind) => services[kind] ?? nodes[kind]).map((kind) => [
      kind,
      chosen(kind, byTarget, context),
    ]),
  );
}

/** Asks what the targets are, then prepares what the kind means for these. */
function chosen(
  kind: FaultKind,
  byTarget: Readonly<Record<Located["kind"], Injectors>>,
  context: K3dFaultContext,
): Injector {
  return {
    async prepare(fault) {
      const [first] = await locateTargets(context, fault);
      const what = first?.kind ?? "service";
      const injector = byTarget[what][kind];
      if (injector) return injector.prepare(fault);
      const able = Object.entries(byTarget).filter(([, injectors]) => injectors[kind]);
      throw new FiredrillError("USAGE_SELECTION", `${kind} does not hit a ${what}`, {
        received: `fault "${fault.id}" on ${fault.targets.join(", ")}`,
        expected: `a ${able.map(([name]) => name).join(" or a ")}`,
      });
    },
  };
}

const operations = new Map([...nodeUndo, ...serviceUndo, ...controlUndo]);

/** Puts one thing back. Harmless when done twice; a target that is gone is undone. */
export async function k3dUndo(docker: Docker, action: UndoAction): Promise<void> {
  const own = operations.get(action.op);
  await (own ? own.undo(docker, action.args) : composeUndo(docker, action));
}

/** Is nothing of this action's fault left? Changes nothing. */
export async function k3dAudit(docker: Docker, action: UndoAction): Promise<Finding> {
  const own = operations.get(action.op);
  return own ? own.audit(docker, action.args) : composeAudit(docker, action);
}
