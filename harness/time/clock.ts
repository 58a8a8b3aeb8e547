/** Time as the harness sees it. A tier supplies it; nothing else reads `Date` or sets timers. */
export interface Clock {
  /** Milliseconds since the trial began; monotonic, never the wall clock. */
  nowMs(): number;
  /** Resolves after `ms`; with an aborted signal it resolves at once (the caller looks at the signal). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
