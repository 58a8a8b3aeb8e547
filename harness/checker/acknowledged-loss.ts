import { fieldOf } from "./field.ts";

/** An operation that the system said it had done. */
export interface Acknowledgement {
  /** The client's own id of the operation, which the record carries as its `key`. */
  readonly op: string;
}

/**
 * The acknowledged operations that the final read lacks, in the order given. Operations whose outcome is
 * unknown are not passed in: they may be there or not.
 */
export function findLostOperations<Ack extends Acknowledgement>(
  acknowledged: readonly Ack[],
  records: readonly unknown[],
): Ack[] {
  const kept = new Set(records.map((record) => String(fieldOf(record, "key"))));
  return acknowledged.filter(({ op }) => !kept.has(op));
}
