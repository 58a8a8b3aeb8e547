import { FiredrillError } from "../../../error.ts";
import type { UndoAction } from "../../../fault/undo.ts";
import type { Container } from "../services/container.ts";
import type { World } from "../world.ts";
import { auditMockFault, WITHDRAW, withdrawMockFault } from "./mock.ts";

/** One way to put something back: what to do to each service, and whether nothing is left to do. */
interface ServiceUndo {
  readonly undo: (target: Container) => void;
  readonly isClean: (target: Container) => boolean;
}

const SERVICE_UNDOS: Readonly<Record<string, ServiceUndo>> = {
  start: {
    undo: (target) => target.start("started again by the undo of a fault"),
    isClean: (target) => target.process !== null,
  },
  unpause: {
    undo: (target) => target.unpause("unpaused by the undo of a fault"),
    isClean: (target) => target.state.state !== "paused",
  },
  "relax-cpu": {
    undo: (target) => {
      target.cpuWaitMs = 0;
    },
    isClean: (target) => target.cpuWaitMs === 0,
  },
};

/** Puts back what a fault did. Idempotent. @throws USAGE_FAULT for an operation of another tier. */
export async function carryOut(world: World, action: UndoAction): Promise<void> {
  if (world.isDown) return;
  world.trace.note("undo", JSON.stringify(action));
  if (action.op === "remove-rule") return world.rules.remove(String(action.args["rule"]));
  if (action.op === WITHDRAW) return withdrawMockFault(world, action);
  const { undo } = undoFor(action);
  for (const target of servicesOf(world, action)) undo(target);
}

/** Is nothing of this action's fault left? */
export async function auditUndo(
  world: World,
  action: UndoAction,
): Promise<{ clean: boolean; detail: string }> {
  if (action.op === "remove-rule") {
    const rule = String(action.args["rule"]);
    const clean = world.rules.get(rule) === undefined;
    return { clean, detail: `network rule ${rule} ${clean ? "is gone" : "is still there"}` };
  }
  if (action.op === WITHDRAW) return auditMockFault(world, action);
  const targets = servicesOf(world, action);
  const clean = targets.every(undoFor(action).isClean);
  const states = targets.map(({ spec, state }) => `${spec.name} is ${state.state}`);
  return { clean, detail: states.join(", ") };
}

function undoFor({ op }: UndoAction): ServiceUndo {
  const found = SERVICE_UNDOS[op];
  if (found) return found;
  throw new FiredrillError("USAGE_FAULT", "the sim tier has no such undo operation", {
    received: op,
    expected: ["remove-rule", WITHDRAW, ...Object.keys(SERVICE_UNDOS)].join(", "),
  });
}

function servicesOf(world: World, { args }: UndoAction): readonly Container[] {
  const { services } = args;
  return Array.isArray(services) ? services.map((name: string) => world.container(name)) : [];
}
