import { fieldOf } from "./field.ts";

/** An acknowledged operation and the system's answer to it, which should have an `id`. */
export interface IdentifiedOperation {
  readonly op: string;
  readonly value: unknown;
}

export interface UniqueIdsFinding<Operation> {
  /** Ids that were given to two operations or more. */
  readonly duplicates: readonly { readonly id: string; readonly operations: readonly Operation[] }[];
  /** Answers without an id: nothing can be said of them. */
  readonly withoutId: readonly Operation[];
}

/** Looks for ids that were given twice. A retry of one operation may get the id of its first attempt. */
export function findDuplicateIds<Operation extends IdentifiedOperation>(
  operations: readonly Operation[],
): UniqueIdsFinding<Operation> {
  const byId = new Map<string, Operation[]>();
  const withoutId: Operation[] = [];
  for (const operation of operations) {
    const id = fieldOf(operation.value, "id");
    if (typeof id !== "string" && typeof id !== "number") {
      withoutId.push(operation);
      continue;
    }
    const holders = byId.get(String(id)) ?? [];
    if (!holders.some(({ op }) => op === operation.op)) holders.push(operation);
    byId.set(String(id), holders);
  }
  const shared = [...byId].filter(([, holders]) => holders.length > 1);
  return { duplicates: shared.map(([id, holders]) => ({ id, operations: holders })), withoutId };
}
