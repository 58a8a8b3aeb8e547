import type { FaultSubject } from "../../core/mock.ts";
import type { TcpConnection } from "../../core/tcp.ts";
import { createDifficulty } from "./difficulty.ts";
import type { Difficulty } from "./difficulty.ts";
import type { Pool } from "./pool.ts";
import type { Worker } from "./stats.ts";

/** One connection as the protocol's methods see it. */
export interface Seat {
  readonly pool: Pool;
  readonly number: number;
  readonly difficulty: Difficulty;
  /** Those that were authorised here, by name. */
  readonly workers: Map<string, Worker>;
  /** 8 hex digits; empty until it subscribes. */
  extranonce1: string;
  /** Version bits that it may roll; 0: none. */
  mask: number;
  /** The first worker's name; empty until then. */
  name: string;
  /** Nothing more is said or heard. */
  gone: boolean;
  /** For faults: this connection and a worker, by default its first. */
  subject(worker?: string): FaultSubject;
  /** One line. */
  send(text: string): void;
  tell(method: string, params: readonly unknown[]): void;
  answer(id: unknown, result: unknown, error?: unknown): void;
}

export function createSeat(pool: Pool, connection: TcpConnection): Seat {
  const seat: Omit<Seat, "difficulty"> = {
    pool,
    number: connection.number,
    workers: new Map(),
    extranonce1: "",
    mask: 0,
    name: "",
    gone: false,
    subject: (worker = seat.name) => ({
      labels: { listener: "stratum", client: String(connection.number), worker },
    }),
    send(text) {
      if (!seat.gone) connection.send(`${text}\n`);
    },
    tell: (method, params) => seat.send(JSON.stringify({ id: null, method, params })),
    answer: (id, result, error = null) => seat.send(JSON.stringify({ id, result, error })),
  };
  const say = (value: number) => seat.tell("mining.set_difficulty", [value]);
  return Object.assign(seat, { difficulty: createDifficulty(pool, () => seat.subject(), say) });
}
