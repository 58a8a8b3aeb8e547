import type Docker from "dockerode";
import { FiredrillError } from "../../../../error.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import { suggest } from "../../../../suggest.ts";
import { endProcesses } from "./end-processes.ts";
import type { Finding, UndoOperation } from "./operation.ts";
import { removeFile } from "./remove-file.ts";
import { removeRules } from "./remove-rules.ts";
import { restoreMemoryLimit } from "./restore-memory-limit.ts";
import { restoreVolume } from "./restore-volume.ts";
import { start } from "./start.ts";
import { unpause } from "./unpause.ts";
import { withdrawMockFault } from "./withdraw-mock-fault.ts";

const operations = new Map<string, UndoOperation>([
  ["end-processes", endProcesses],
  ["remove-file", removeFile],
  ["remove-rules", removeRules],
  ["restore-memory-limit", restoreMemoryLimit],
  ["restore-volume", restoreVolume],
  ["start", start],
  ["unpause", unpause],
  ["withdraw-mock-fault", withdrawMockFault],
]);

/** Puts one thing back. Harmless when done twice; a target that is gone is undone. */
export async function composeUndo(docker: Docker, action: UndoAction): Promise<void> {
  await operationOf(action).undo(docker, action.args);
}

/** Is nothing of this action's fault left? Changes nothing. */
export async function composeAudit(docker: Docker, action: UndoAction): Promise<Finding> {
  return operationOf(action).audit(docker, action.args);
}

/** @throws RUN_FAULT when the action was written by a version of this program with other operations */
function operationOf({ op }: UndoAction): UndoOperation {
  const operation = operations.get(op);
  if (operation !== undefined) return operation;
  throw new FiredrillError("RUN_FAULT", "the compose tier has no such undo operation", {
    received: op,
    expected: `one of ${[...operations.keys()].join(", ")}`,
    hint: suggest(op, [...operations.keys()]),
  });
}
