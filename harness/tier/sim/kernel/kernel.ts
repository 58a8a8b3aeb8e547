import { FiredrillError } from "../../../error.ts";
import { EventQueue } from "./event-queue.ts";
import type { ScheduledEvent } from "./event-queue.ts";

/** More events than this at one instant, and time would never go on. */
const MAX_EVENTS_AT_ONE_INSTANT = 100_000;
/** After this much real time the pump lets Node's event loop turn, so that Ctrl-C and reporters live. */
const YIELD_EVERY_WALL_MS = 10;

export type Cancel = () => void;

/** The two ways in which a wait ends; what comes after the first is ignored. */
export interface Settle<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/**
 * Virtual time. Nobody drives it: while somebody in the harness waits, a pump takes the next event, runs it, and
 * lets every promise that it settled run to its end before it takes another. While nobody waits, or somebody has
 * frozen it (a shell script that computes), time stands still. Real work, such as reading a file, must be done then:
 * if it is awaited while others wait here, it is over at a virtual time that depends on the machine.
 */
export class Kernel {
  readonly #queue = new EventQueue();
  readonly #waits = new Set<(error: unknown) => void>();
  #nowUs = 0;
  #seq = 0;
  #eventsAtThisInstant = 0;
  #frozen = 0;
  #pumping = false;
  #lastYieldWallMs = 0;
  #failure: unknown = null;

  nowUs(): number {
    return this.#nowUs;
  }

  /** Since the world began. */
  nowMs(): number {
    return this.#nowUs / 1_000;
  }

  /**
   * Runs `action` when `delayMs` have passed; resolution: a microsecond. Any delay above 0 is at least one, so that a
   * loop which sleeps what is left until a moment gets there, whatever the rounding of its sum.
   */
  after(delayMs: number, action: () => void): Cancel {
    const timeUs = this.#nowUs + (delayMs > 0 ? Math.max(1, Math.round(delayMs * 1_000)) : 0);
    const event: ScheduledEvent = { timeUs, seq: this.#seq++, run: action };
    // An endless sleep is no event: only its signal can end it.
    if (Number.isFinite(timeUs)) this.#queue.push(event);
    this.#kick();
    return () => {
      event.run = null;
    };
  }

  /** A wait of the harness: time passes only while at least one is open. Rejects when the world fails. */
  wait<T>(begin: (settle: Settle<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      const giveUp = (error: unknown) => {
        if (this.#waits.delete(giveUp)) reject(error);
      };
      this.#waits.add(giveUp);
      begin({
        resolve: (value) => {
          if (this.#waits.delete(giveUp)) resolve(value);
        },
        reject: giveUp,
      });
      this.#kick();
    });
  }

  /** Stops time until the returned function is called. */
  freeze(): () => void {
    this.#frozen += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#frozen -= 1;
      this.#kick();
    };
  }

  /** Ends the world: every wait, open or to come, rejects with `error`. */
  fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    for (const giveUp of this.#waits) giveUp(error);
  }

  #runnable(): boolean {
    return this.#waits.size > 0 && this.#frozen === 0 && this.#queue.size > 0 && this.#failure === null;
  }

  #kick(): void {
    if (this.#pumping || !this.#runnable()) return;
    this.#pumping = true;
    this.#lastYieldWallMs = performance.now();
    this.#bounce();
  }

  /** `nextTick` called from a microtask runs when no microtask is left, however deep the chains of awaits are. */
  #bounce(): void {
    void Promise.resolve().then(() => process.nextTick(() => this.#step()));
  }

  #step(): void {
    if (!this.#runnable()) {
      this.#pumping = false;
      return;
    }
    const event = this.#queue.pop();
    if (event !== undefined && event.run !== null) this.#run(event.timeUs, event.run);
    // Real time decides only when to take a breath, never what happens.
    if (performance.now() - this.#lastYieldWallMs < YIELD_EVERY_WALL_MS) return this.#bounce();
    setImmediate(() => {
      this.#lastYieldWallMs = performance.now();
      this.#bounce();
    });
  }

  #run(timeUs: number, action: () => void): void {
    if (timeUs > this.#nowUs) this.#eventsAtThisInstant = 0;
    this.#nowUs = timeUs;
    this.#eventsAtThisInstant += 1;
    if (this.#eventsAtThisInstant > MAX_EVENTS_AT_ONE_INSTANT) return this.fail(livelock(this.nowMs()));
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }
}

function livelock(nowMs: number): FiredrillError {
  return new FiredrillError("RUN_MODEL", "the simulated stack is stuck at one instant", {
    received: `${MAX_EVENTS_AT_ONE_INSTANT} events at ${nowMs} ms`,
    expected: "events that let time pass",
    hint: "look for a loop in a stand-in that sleeps 0 ms or retries without a pause",
  });
}
