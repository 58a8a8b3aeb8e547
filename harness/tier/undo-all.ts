import { FiredrillError } from "../error.ts";
import type { UndoAction } from "../fault/undo.ts";

/** Carries out undo actions one after the other; one that fails does not keep the rest from it. @throws RUN_FAULT with all that failed */
export async function undoAll(
  actions: readonly UndoAction[],
  undo: (action: UndoAction) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const action of actions) await undo(action).catch((error: unknown) => failures.push(error));
  if (failures.length === 0) return;
  throw new FiredrillError("RUN_FAULT", `${failures.length} of ${actions.length} undo actions failed`, {
    received: failures.map(String).join("; "),
    hint: "firedrill cleanup, once the cause is gone; it may be repeated",
    cause: failures[0],
  });
}
