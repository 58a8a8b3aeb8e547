import type { Confirmation, Injector, PreparedFault, ResolvedFault } from "../../../fault/injector.ts";
import type { UndoAction } from "../../../fault/undo.ts";
import type { Container } from "../services/container.ts";
import type { World } from "../world.ts";
import { allOf, targetsOf } from "./look.ts";
import { carryOut } from "./undo.ts";

export interface Lasting {
  readonly undo: UndoAction;
  readonly apply: () => void;
  readonly look: (target: Container) => Confirmation;
}

/** A fault with an effect that stays until it is undone, or for its TTL. */
export function lastingInjector(
  world: World,
  describe: (fault: ResolvedFault, targets: readonly Container[]) => Lasting,
): Injector {
  return {
    async prepare(fault): Promise<PreparedFault> {
      const targets = targetsOf(world, fault);
      for (const peer of fault.peers) world.container(peer);
      const { undo, apply, look } = describe(fault, targets);
      return {
        undo: [undo],
        async apply() {
          apply();
          world.trace.note("fault", fault.kind, fault.id);
          world.kernel.after(fault.ttlMs, () => void carryOut(world, undo));
        },
        confirm: async () => allOf(targets.map(look)),
      };
    },
  };
}
