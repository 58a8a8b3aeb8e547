import type { TcpConnection } from "../../core/tcp.ts";
import { createLines } from "../lines.ts";
import { handle, notify } from "./methods.ts";
import type { Message } from "./methods.ts";
import type { Member, Pool } from "./pool.ts";
import { createSeat } from "./seat.ts";

/** ckpool's longest message of a client. */
const MAX_LINE_BYTES = 1_024;
/** Messages of one miner that wait for a slow pool. */
const MAX_WAITING = 10_000;

/** Lets a connection into the pool: its lines in order, and its end. `left` is called once it has gone. */
export function openMember(pool: Pool, connection: TcpConnection, left: () => void): void {
  const { clock, faults } = pool.world;
  const seat = createSeat(pool, connection);
  let waiting = 0;
  let queue: Promise<void> = Promise.resolve();
  /** What it still says is not heard. */
  const part = () => {
    seat.gone = true;
    connection.end();
  };
  const member: Member = {
    number: connection.number,
    get worker() {
      return seat.name;
    },
    get subscribed() {
      return seat.extranonce1 !== "";
    },
    get rollsVersions() {
      return seat.mask !== 0;
    },
    notify: (job, clean) => notify(seat, job, clean),
    tell: seat.tell,
    drop: part,
  };

  const hear = (line: string) => {
    if (seat.gone || line.trim() === "") return;
    const message = parsed(line);
    if (message !== null) return handle(seat, message);
    // ckpool's own words, which are no JSON.
    seat.send("Invalid JSON, disconnecting");
    part();
  };
  const hearInTime = (line: string) => {
    if (seat.gone) return;
    const slow = faults.take("slowReader", seat.subject());
    if (slow === null && waiting === 0) return hear(line);
    waiting += 1;
    if (waiting > MAX_WAITING) return connection.reset();
    queue = queue
      .then(() => clock.sleep(Number(slow?.params["ms"] ?? 0)))
      .then(() => {
        waiting -= 1;
        hear(line);
      });
  };

  connection.onData(createLines(MAX_LINE_BYTES, hearInTime, part));
  connection.onClose(() => {
    seat.gone = true;
    for (const worker of seat.workers.values()) worker.connections -= 1;
    pool.release(seat.extranonce1);
    pool.leave(member);
    left();
  });
  pool.join(member);
}

/** Null: no JSON object. */
function parsed(line: string): Message | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
