import type { Clock } from "../../../time/clock.ts";
import type { Kernel } from "./kernel.ts";

/** 2026-01-01T00:00:00Z: where virtual wall time begins in every trial, as ms since 1970. */
const EPOCH_MS = 1_767_225_600_000;

/** The virtual wall clock, as ms since 1970: what `date` and a database's `now()` answer. */
export function wallMs(kernel: Kernel): number {
  return EPOCH_MS + kernel.nowMs();
}

/** The harness's clock: a sleeping probe or workload is what makes virtual time pass. */
export function harnessClock(kernel: Kernel): Clock {
  return {
    nowMs: () => kernel.nowMs(),
    sleep: (ms, signal) =>
      kernel.wait((settle) =>
        sleepUntil(
          (wake) => kernel.after(ms, wake),
          () => settle.resolve(),
          signal,
        ),
      ),
  };
}

/** Calls `wake` once: by the timer, or at once when the signal is or becomes aborted. */
export function sleepUntil(
  startTimer: (wake: () => void) => () => void,
  wake: () => void,
  signal: AbortSignal | undefined,
): void {
  if (signal?.aborted) return wake();
  const finish = () => {
    cancel();
    signal?.removeEventListener("abort", finish);
    wake();
  };
  const cancel = startTimer(finish);
  signal?.addEventListener("abort", finish, { once: true });
}
