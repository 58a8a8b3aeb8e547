import type { Clock } from "../time/clock.ts";

/** A signal that aborts when `parent` does, or `ms` later. `end` frees its timer; `reached` tells which it was. */
export interface Deadline {
  readonly signal: AbortSignal;
  reached(): boolean;
  end(): void;
}

/** All waits of a trial go through deadlines on the tier's clock, so that they mean the same in virtual time. */
export function deadline(clock: Clock, ms: number, parent: AbortSignal): Deadline {
  const ended = new AbortController();
  const late = new AbortController();
  void clock.sleep(ms, AbortSignal.any([ended.signal, parent])).then(() => {
    if (!ended.signal.aborted && !parent.aborted) late.abort();
  });
  return {
    signal: AbortSignal.any([parent, late.signal]),
    reached: () => late.signal.aborted,
    end: () => ended.abort(),
  };
}
