import { refuse } from "../failure.ts";
import type { ChuteRow } from "../state/rows.ts";
import type { Validator } from "../validator.ts";

/** 423: the miner must try again later. Every wording begins with the chute. */

/**
 * Whether a chute may get one more instance (chutes-api _check_scalable): always while none is active; during a rolling
 * update by quota; else below the target, and its last two places not to who has all the others.
 *
 * @throws Refusal 423
 */
export function checkScalable({ network }: Validator, chute: ChuteRow, hotkey: string): void {
  const instances = [...network.instances.values()].filter(({ chuteId }) => chuteId === chute.id);
  const active = instances.filter((it) => it.active && it.verified).length;
  const own = instances.filter((it) => it.hotkey === hotkey).length;
  const { target } = chute;
  if (instances.length <= target + 2 && active === 0) return;
  const update = network.rollingUpdates.get(chute.id);
  if (update !== undefined && instances.length >= target - 2) {
    const quota = update.permitted[hotkey] ?? 0;
    if (quota > 0) update.permitted[hotkey] = quota - 1;
    else if (Object.keys(update.permitted).length > 0)
      refuse(
        423,
        `Chute ${chute.id} is currently undergoing a rolling update and you have no quota, try again later.`,
      );
    return;
  }
  if (instances.length >= target) refuse(423, atCapacity(chute));
  const left = target - instances.length;
  if (left <= 2 && own === instances.length)
    refuse(
      423,
      `Chute ${chute.id} is near capacity with only ${left} slots remaining. You already have ${own} instance(s).`,
    );
}

export function atCapacity({ id, target }: ChuteRow): string {
  return `Chute ${id} has reached its target capacity of ${target} instances.`;
}
