import type { Confirmation, ResolvedFault } from "../../../fault/injector.ts";
import type { Container } from "../services/container.ts";
import type { World } from "../world.ts";

/** @throws USAGE_SELECTION when the stack has no such service. */
export function targetsOf(world: World, fault: ResolvedFault): readonly Container[] {
  return fault.targets.map((name) => world.container(name));
}

export function confirmation(confirmed: boolean, evidence: string): Confirmation {
  return { confirmed, evidence };
}

/** Confirmed where every part is. */
export function allOf(parts: readonly Confirmation[]): Confirmation {
  return confirmation(
    parts.every(({ confirmed }) => confirmed),
    parts.map(({ evidence }) => evidence).join("; "),
  );
}
