import { FiredrillError } from "../../../error.ts";
import type { Confirmation, Injector, ResolvedFault } from "../../../fault/injector.ts";
import type { Container } from "../services/container.ts";
import type { World } from "../world.ts";
import { allOf, confirmation, targetsOf } from "./look.ts";

/** What can be seen at one target; `sinceMs` is when the fault was applied. */
export type Look = (target: Container, sinceMs: number) => Confirmation;

/** A fault that ends its targets in one blow; its undo starts them again. */
export function deathInjector(
  world: World,
  strike: (target: Container, fault: ResolvedFault) => Promise<void> | void,
  look: Look,
  { mayBeDown = false }: { readonly mayBeDown?: boolean } = {},
): Injector {
  return {
    async prepare(fault) {
      const targets = targetsOf(world, fault);
      const down = targets.filter(({ process }) => process === null);
      if (down.length > 0 && !mayBeDown) {
        throw new FiredrillError("RUN_FAULT", `fault "${fault.id}" would hit what is already down`, {
          received: down.map(({ spec }) => spec.name).join(", "),
          expected: "targets that run",
        });
      }
      let sinceMs = Number.POSITIVE_INFINITY;
      return {
        undo: [{ op: "start", args: { services: targets.map(({ spec }) => spec.name) } }],
        async apply() {
          sinceMs = world.kernel.nowMs();
          await Promise.all(targets.map((target) => strike(target, fault)));
        },
        confirm: async () => allOf(targets.map((target) => look(target, sinceMs))),
      };
    },
  };
}

/** Did it die with this status, after the fault was applied? */
export const diedBy =
  (exitCode: number): Look =>
  (target, sinceMs) => {
    const death = target.lastDeath;
    const died = death !== null && death.atMs >= sinceMs && death.exitCode === exitCode;
    return confirmation(died, describeDeath(target));
  };

export const diedOutOfMemory: Look = (target, sinceMs) => {
  const death = target.lastDeath;
  return confirmation(death !== null && death.atMs >= sinceMs && death.oomKilled, describeDeath(target));
};

export const isDown: Look = (target) => confirmation(target.process === null, describeDeath(target));

export function describeDeath({ spec, state }: Container): string {
  const how = state.oomKilled ? ", killed for memory" : "";
  return `${spec.name}: ${state.state}${state.exitCode === null ? "" : `, exit status ${state.exitCode}`}${how}`;
}
