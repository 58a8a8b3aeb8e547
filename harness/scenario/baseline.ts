import type { Emit } from "../events/vocabulary.ts";
import type { ProbeWatch } from "../probe/schedule.ts";
import type { RunningStack } from "../tier/tier.ts";
import { formatDuration } from "../time/duration.ts";
import type { ScenarioDefinition } from "./definition.ts";
import { deadline } from "./waiting.ts";

/** A stack that is not steady after this long is not going to be. */
const BASELINE_LIMIT_MS = 60_000;

export interface TrialContext {
  readonly stack: RunningStack;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/**
 * Waits until every probe has been good for `baselineMs` without a break. Nothing is injected before:
 * a fault in a stack that was not steady proves nothing.
 */
export async function awaitBaseline(
  scenario: ScenarioDefinition,
  watch: ProbeWatch,
  { stack, emit, signal }: TrialContext,
): Promise<boolean> {
  const { clock } = stack;
  const limitMs = BASELINE_LIMIT_MS + scenario.baselineMs;
  const limit = deadline(clock, limitMs, signal);
  const untilMs = clock.nowMs() + limitMs;
  for (const probe of scenario.probes) {
    await watch.waitGoodFor(probe.id, scenario.baselineMs, untilMs, limit.signal);
  }
  limit.end();
  const unsteady = scenario.probes.filter(({ id }) => {
    const since = watch.goodSinceMs(id);
    return since === null || clock.nowMs() - since < scenario.baselineMs;
  });
  const met = unsteady.length === 0 && !signal.aborted;
  emit({
    kind: "trial.baseline",
    met,
    detail: met
      ? `${scenario.probes.length} probes good for ${formatDuration(scenario.baselineMs)}`
      : `not good for ${formatDuration(scenario.baselineMs)} within ${formatDuration(limitMs)}: ${unsteady.map(({ id }) => id).join(", ") || "interrupted"}`,
  });
  return met;
}
