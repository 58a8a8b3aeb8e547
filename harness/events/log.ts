import { closeSync, fsyncSync, openSync } from "node:fs";
import { FiredrillError } from "../error.ts";
import type { Clock } from "../time/clock.ts";
import type { Emit, EventKind, FiredrillEvent } from "./vocabulary.ts";
import { writeWhole } from "./write-whole.ts";

/** Kinds that come by the hundred: written at once, but not forced to the disk one by one. */
const SAMPLES: ReadonlySet<EventKind> = new Set(["probe.sample", "op.invoke", "op.ok", "op.fail", "op.info"]);

export interface EventLog {
  /** The emitter of one trial; run-level events use trial 0. */
  emitter(trial: number, clock: Clock): Emit;
  /** Calls `listener` with every event after it was written. */
  subscribe(listener: (event: FiredrillEvent) => void): void;
  /** All events so far, in order. */
  readonly events: readonly FiredrillEvent[];
  close(): void;
}

export interface EventLogOptions {
  /** Wait for the disk at every event that is not a sample. Off for `sim`, where nothing outlives the process. */
  readonly sync: boolean;
  /** Told once, when the file can't be written any more; events stay in memory so that undo and tear-down go on. */
  readonly onBroken: (error: FiredrillError) => void;
}

/** Opens `events.jsonl` for appending. @throws ENV_DISK when the file can't be created. */
export function openEventLog(file: string, options: EventLogOptions): EventLog {
  const events: FiredrillEvent[] = [];
  const listeners: ((event: FiredrillEvent) => void)[] = [];
  let fd: number | null = openFile(file);

  const write = (event: FiredrillEvent) => {
    if (fd === null) return;
    try {
      writeWhole(fd, `${JSON.stringify(event)}\n`);
      if (options.sync && !SAMPLES.has(event.kind)) fsyncSync(fd);
    } catch (cause) {
      closeSync(fd);
      fd = null;
      options.onBroken(diskError(file, cause));
    }
  };

  return {
    emitter: (trial, clock) => (body) => {
      const event = { seq: events.length, trial, t: roundToMicros(clock.nowMs()), ...body } as FiredrillEvent;
      events.push(event);
      write(event);
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => void listeners.push(listener),
    events,
    close: () => {
      if (fd !== null) closeSync(fd);
      fd = null;
    },
  };
}

function openFile(file: string): number {
  try {
    return openSync(file, "a");
  } catch (cause) {
    throw diskError(file, cause);
  }
}

function diskError(file: string, cause: unknown): FiredrillError {
  return new FiredrillError("ENV_DISK", `the event log can't be written: ${(cause as Error).message}`, {
    received: file,
    expected: "a writable file on a disk with room (a run takes about 1 MB a minute)",
    hint: "free some room or set FIREDRILL_RUNS_DIR to another disk, then run again; nothing was left running",
    cause,
  });
}

function roundToMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
