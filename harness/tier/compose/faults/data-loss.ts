import type { Confirmation, Injector, ResolvedFault } from "../../../fault/injector.ts";
import type { UndoAction } from "../../../fault/undo.ts";
import { lifeEnded } from "./blow.ts";
import type { ComposeFaultContext } from "./context.ts";
import { killContainer } from "./kill.ts";
import { confirmEach, type Target, targetsOf } from "./target.ts";
import { faultToken, marked, runHelper, succeeded, type Toolbox, toolboxFor } from "./toolbox.ts";
import { toolboxArgs } from "./undo/operation.ts";
import { BACKUP_DONE } from "./undo/restore-volume.ts";

/** A target with the volume that it loses. */
interface Victim extends Target {
  readonly toolbox: Toolbox;
  /** Marks the helper that empties the volume, so that the undo can end it first. */
  readonly token: string;
  readonly volume: string;
  /** A volume of ours that takes a copy, so that the undo can put the data back. */
  readonly backup: string;
}

/** Nothing is emptied before the copy is whole and on the disk. */
const BACK_UP_AND_EMPTY = `
set -e
mkdir /backup/files
cp -a /volume/. /backup/files/
touch /backup/${BACKUP_DONE}
sync
find /volume -mindepth 1 -delete`;

/** The target dies, if it still runs, and its volume is emptied: an outage may well turn into a loss. */
export function dataLossInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await targetsOf(context, fault);
      const victims = await Promise.all(targets.map((target) => victimOf(context, fault, target)));
      return {
        undo: victims.flatMap(undoOf),
        apply: async () => void (await Promise.all(victims.map((it) => destroy(context, it)))),
        confirm: () => confirmEach(victims, (target) => isLost(context, target)),
      };
    },
  };
}

async function victimOf(context: ComposeFaultContext, fault: ResolvedFault, target: Target): Promise<Victim> {
  const { name } = await context.volumeOf(target.service, fault.params.volume);
  const token = faultToken(context, fault.id, target.id);
  const backup = `firedrill-backup-${context.runId}-${token}`.toLowerCase();
  return { ...target, toolbox: await toolboxFor(context, target.id), token, volume: name, backup };
}

function undoOf({ id, toolbox, token, volume, backup }: Victim): UndoAction[] {
  return [
    { op: "restore-volume", args: { token, volume, backup, ...toolboxArgs(toolbox) } },
    { op: "start", args: { container: id } },
  ];
}

async function destroy(
  context: ComposeFaultContext,
  { id, toolbox, token, volume, backup }: Victim,
): Promise<void> {
  await context.docker.createVolume({ Name: backup, Labels: { ...toolbox.labels } });
  await killContainer(context, id);
  const mounts = { Binds: [`${volume}:/volume`, `${backup}:/backup`], NetworkMode: "none" };
  succeeded(
    "emptying the volume",
    await runHelper(marked(toolbox, token), ["sh", "-c", BACK_UP_AND_EMPTY], mounts),
  );
}

async function isLost(context: ComposeFaultContext, victim: Victim): Promise<Confirmation> {
  const ended = await lifeEnded(context, victim);
  if (!ended.confirmed) return ended;
  const mounts = { Binds: [`${victim.volume}:/volume:ro`], NetworkMode: "none" };
  const list = await runHelper(victim.toolbox, ["find", "/volume", "-mindepth", "1"], mounts);
  const files = succeeded("listing the volume", list).split("\n").filter(Boolean);
  const evidence = `${ended.evidence}; volume ${victim.volume} holds ${files.length} files`;
  return { confirmed: files.length === 0, evidence };
}
