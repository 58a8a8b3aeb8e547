import type { Clock } from "../time/clock.ts";
import { askOnce } from "./confirming.ts";
import type { Confirmation, PreparedFault } from "./injector.ts";

/** How often an effect that should last is looked at. */
const WATCH_EVERY_MS = 1_000;
/** One look may meet a hiccup of the engine; a lapse is what two in a row see. */
const SECOND_LOOK_AFTER_MS = 200;

export interface Watch {
  /** What to look at now; null: nothing that could lapse, only the time is waited for. */
  effect(): PreparedFault | null;
  readonly clock: Clock;
  readonly endMs: number;
  readonly signal: AbortSignal;
  /** Applies the fault once more and says whether it took; null: a lapse is only reported. */
  readonly reapply: (() => Promise<Confirmation>) | null;
  /** Told when the effect went away, and when it came back after it could not be brought back at once. */
  lapsed(reapplied: boolean, evidence: string): void;
}

/**
 * Waits until `endMs` or the signal, and notices when the effect ends early, e.g. because the target was restarted
 * (defect D9: a restarted target is hit again, or it is reported; never neither). Never throws.
 */
export async function watchEffect(watch: Watch): Promise<void> {
  const { clock, endMs, signal } = watch;
  let reported = false;
  while (clock.nowMs() < endMs && !signal.aborted) {
    const remainingMs = endMs - clock.nowMs();
    const effect = watch.effect();
    await clock.sleep(effect === null ? remainingMs : Math.min(WATCH_EVERY_MS, remainingMs), signal);
    if (effect === null || clock.nowMs() >= endMs || signal.aborted) continue;
    const seen = await look(effect, watch);
    if (seen.confirmed) reported = false;
    if (seen.confirmed || signal.aborted || clock.nowMs() >= endMs) continue;
    if (watch.reapply === null) {
      if (!reported) watch.lapsed(false, seen.evidence);
      reported = true;
      continue;
    }
    const again = await watch.reapply();
    if (signal.aborted) continue;
    if (again.confirmed || !reported) watch.lapsed(again.confirmed, evidenceOf(seen, again));
    reported = !again.confirmed;
  }
}

async function look(effect: PreparedFault, { clock, signal }: Watch): Promise<Confirmation> {
  const first = await askOnce(effect, clock);
  if (first.confirmed || signal.aborted) return first;
  await clock.sleep(SECOND_LOOK_AFTER_MS, signal);
  return askOnce(effect, clock);
}

function evidenceOf(seen: Confirmation, again: Confirmation): string {
  return again.confirmed
    ? `gone: ${seen.evidence}; applied again: ${again.evidence}`
    : `gone: ${seen.evidence}; could not be applied again: ${again.evidence}`;
}
