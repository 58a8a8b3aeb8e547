import { Cut } from "../http.ts";
import type { FaultSubject, MockFaults, MockTime } from "../mock.ts";
import { createCarrier } from "./carrier.ts";
import { takeWirePlan, touchesBytes } from "./plan.ts";
import type { WirePlan } from "./plan.ts";

/** Where a line's bytes go. */
export interface Sink {
  /** False: full, wait for the sink's drain. */
  write(bytes: Uint8Array): boolean;
  end(): void;
  reset(): void;
  /** Reads nothing more. */
  deafen(): void;
}

/** One direction of a connection under the fault pipe. Messages keep their order, whatever delays them. */
export interface Line {
  /** False: the sink is full. Without a fault the message goes out at once and untouched. */
  send(bytes: Uint8Array): boolean;
  /** Ends the sink after everything that was sent. */
  end(): void;
  /** Drops what has not gone out. */
  close(): void;
}

export function createLine(
  faults: MockFaults,
  clock: Pick<MockTime, "sleepUntil" | "sleep" | "nowMs">,
  subject: FaultSubject,
  sink: Sink,
): Line {
  const closed = new AbortController();
  let queue: Promise<void> = Promise.resolve();
  let waiting = 0;
  let over = false;

  const carry = async (bytes: Uint8Array, plan: WirePlan, dueMs: number) => {
    await clock.sleepUntil(dueMs, closed.signal);
    if (over) return;
    if (!touchesBytes(plan)) return void sink.write(bytes);
    if (plan.dead) sink.deafen();
    for await (const piece of createCarrier(clock, plan, 0, closed.signal).pieces(bytes)) sink.write(piece);
  };
  const later = (action: () => Promise<void> | void) => {
    waiting += 1;
    queue = queue
      .then(() => (over ? undefined : action()))
      .catch((error: unknown) => {
        over = true;
        if (error instanceof Cut && error.mode === "fin") sink.end();
        else sink.reset();
      })
      .then(() => void (waiting -= 1));
  };

  return {
    send(bytes) {
      if (over) return true;
      const plan = takeWirePlan(faults, subject);
      if (waiting === 0 && plan.delayMs === 0 && !touchesBytes(plan)) return sink.write(bytes);
      const dueMs = clock.nowMs() + plan.delayMs;
      later(() => carry(bytes, plan, dueMs));
      return true;
    },
    end() {
      if (over) return;
      if (waiting === 0) sink.end();
      else later(() => sink.end());
    },
    close() {
      over = true;
      closed.abort();
    },
  };
}
