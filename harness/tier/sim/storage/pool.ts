import { DatabaseError } from "../../../service/database.ts";
import { connect } from "../network/connection.ts";
import type { Answer, Connection, Network } from "../network/connection.ts";
import { lookUp } from "../network/names.ts";
import type { Process } from "../services/process.ts";
import type { SqlReply } from "./sql.ts";

/** As service/node-postgres.ts: for a session, or a place in the queue for one. */
const CONNECT_TIMEOUT_MS = 5_000;
/** As service/node-postgres.ts. */
const MAX_SESSIONS = 8;
/** pg-pool's `idleTimeoutMillis`. */
const IDLE_TIMEOUT_MS = 10_000;

/** What pg-pool says. */
const TOO_LATE = "timeout exceeded when trying to connect";

export interface Session {
  readonly connection: Connection;
  idleSinceMs: number;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

type Heard = (result: Session | DatabaseError) => void;

/** One client's sessions with one server, with pg-pool's habits: the last one used is the next one used. */
export class Pool {
  readonly #network: Network;
  readonly #process: Process;
  readonly #address: Address;
  readonly #idle: Session[] = [];
  /** Those who wait for a place, the longest first. */
  readonly #queue: Heard[] = [];
  #open = 0;

  constructor(network: Network, process: Process, address: Address) {
    this.#network = network;
    this.#process = process;
    this.#address = address;
  }

  /** Hands over a session, or why there is none: nothing was sent then. */
  acquire(heard: Heard): void {
    for (let session = this.#idle.pop(); session; session = this.#idle.pop()) {
      const fresh = this.#process.nowMs() - session.idleSinceMs < IDLE_TIMEOUT_MS;
      if (fresh && !session.connection.isBroken()) return heard(session);
      this.#open -= 1;
    }
    if (this.#open < MAX_SESSIONS) return this.#connect(heard);
    const cancel = this.#process.after(CONNECT_TIMEOUT_MS, () => {
      this.#queue.splice(this.#queue.indexOf(waiter), 1);
      heard(new DatabaseError("none", TOO_LATE));
    });
    const waiter: Heard = (result) => {
      cancel();
      heard(result);
    };
    this.#queue.push(waiter);
  }

  /** A sick session is closed: nobody knows what is still on its way. */
  release(session: Session, health: "well" | "sick"): void {
    if (health === "sick") return this.#close();
    const next = this.#queue.shift();
    if (next) return next(session);
    session.idleSinceMs = this.#process.nowMs();
    this.#idle.push(session);
  }

  #close(): void {
    this.#open -= 1;
    const next = this.#queue.shift();
    if (next) this.#connect(next);
  }

  #connect(heard: Heard): void {
    this.#open += 1;
    let pending = true;
    const end = (result: Session | DatabaseError) => {
      if (!pending) return;
      pending = false;
      cancel();
      if (result instanceof DatabaseError) this.#close();
      heard(result);
    };
    const fail = (message: string, sqlState?: string) => end(new DatabaseError("none", message, sqlState));
    const cancel = this.#process.after(CONNECT_TIMEOUT_MS, () => fail(TOO_LATE));
    const { host, port } = this.#address;
    const { name } = this.#process;
    const isAbandoned = () => !pending || !this.#process.alive;
    const answered = (connection: Connection | "refused") => {
      if (connection === "refused") fail(`connect ECONNREFUSED ${host}:${port}`);
      else this.#startUp(connection, fail, () => end({ connection, idleSinceMs: 0 }));
    };
    const deliver = (result: Connection | "refused") => this.#process.deliver(() => answered(result));
    lookUp(this.#network, name, host, (found) => {
      if (found) connect(this.#network, name, host, port, deliver, isAbandoned);
      else this.#process.deliver(() => fail(`getaddrinfo ENOTFOUND ${host}`));
    });
  }

  #startUp(
    connection: Connection,
    fail: (message: string, sqlState?: string) => void,
    done: () => void,
  ): void {
    const { listener } = connection;
    if (listener.protocol !== "postgres")
      return fail(`${this.#address.host} does not speak Postgres's protocol`);
    const request = { kind: "startup", database: this.#address.database } as const;
    const heard = (outcome: Answer<SqlReply>) => {
      if (outcome.kind === "reset") fail("Connection terminated unexpectedly");
      else if (outcome.reply.kind === "error") fail(outcome.reply.message, outcome.reply.sqlState);
      else done();
    };
    connection.ask<SqlReply>(
      (answer) => listener.serve(request, answer),
      (outcome) => this.#process.deliver(() => heard(outcome)),
    );
  }
}
