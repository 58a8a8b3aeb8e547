import type { UndoArgs } from "../../../../compose/faults/undo/operation.ts";

/** A list of words in an undo action; none when there is none. */
export function listArg(args: UndoArgs, name: string): readonly string[] {
  const value = args[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
