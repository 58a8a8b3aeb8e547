/**
 * Histories with a bug planted in them, beside the correct ones that must be accepted: what a client was told,
 * and what the system held in the end, in commit order.
 */
export interface History {
  readonly acknowledged: readonly {
    readonly op: string;
    readonly value: { readonly key: string; readonly id: number };
  }[];
  readonly records: readonly {
    readonly key: string;
    readonly id: number;
    readonly writer: string;
    readonly token: number;
  }[];
}

const ack = (op: string, id: number) => ({ op, value: { key: op, id } });
const record = (key: string, id: number, writer: string, token: number) => ({ key, id, writer, token });

/** A takeover as it should be; `e` was written, but its client never learnt of it. */
export const CORRECT: History = {
  acknowledged: [ack("a", 1), ack("b", 2), ack("c", 3), ack("d", 4)],
  records: [
    record("a", 1, "cp-1", 1),
    record("b", 2, "cp-1", 1),
    record("c", 3, "cp-2", 2),
    record("e", 5, "cp-2", 2),
    record("d", 4, "cp-2", 2),
  ],
};

/** Planted: replication was asynchronous, so the old leader took `b` with it. */
export const LOST_WRITE: History = { ...CORRECT, records: CORRECT.records.filter(({ key }) => key !== "b") };

/** Planted: the new leader starts its counter again from a stale snapshot. */
export const REUSED_ID: History = {
  ...CORRECT,
  acknowledged: [ack("a", 1), ack("b", 2), ack("c", 2), ack("d", 3)],
};

/** Planted: no fencing, so the paused leader comes back and writes once more. */
export const STALE_LEADER: History = { ...CORRECT, records: [...CORRECT.records, record("f", 6, "cp-1", 1)] };

/** Planted: the lease was granted twice with one token. */
export const SHARED_TOKEN: History = {
  ...CORRECT,
  records: CORRECT.records.map((it) => ({ ...it, token: 1 })),
};
