import { FiredrillError } from "../error.ts";
import type { Clock } from "../time/clock.ts";

export interface TickOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  /** The first tick comes this long after the call; 0: during the call. */
  readonly phaseMs: number;
  readonly signal: AbortSignal;
}

/**
 * Calls `onTick` at fixed times, `start + n × everyMs`, whatever `onTick` sets going and however long that takes.
 * A tick which the harness itself slept through by a whole period is left out instead of being made up for: a
 * burst of late questions would measure the harness, not the stack. Resolves when the signal is aborted.
 */
export async function everyTick(options: TickOptions, onTick: () => void): Promise<void> {
  const { clock, everyMs, phaseMs, signal } = options;
  if (!(everyMs > 0))
    throw new FiredrillError("BUG", "a schedule needs a period", { received: `${everyMs} ms` });
  const startMs = clock.nowMs() + phaseMs;
  for (let tick = 0; ; tick = Math.max(tick + 1, Math.ceil((clock.nowMs() - startMs) / everyMs))) {
    await sleepUntil(clock, startMs + tick * everyMs, signal);
    if (signal.aborted) return;
    onTick();
  }
}

/** Timers may fire a moment early, hence the loop; whole milliseconds, so that it ends on every clock. */
async function sleepUntil(clock: Clock, dueMs: number, signal: AbortSignal): Promise<void> {
  while (clock.nowMs() < dueMs && !signal.aborted) {
    await clock.sleep(Math.ceil(dueMs - clock.nowMs()), signal);
  }
}
