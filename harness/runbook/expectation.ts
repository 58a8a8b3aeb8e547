import type { ProbeWatch } from "../probe/schedule.ts";
import type { ShellResult } from "../tier/tier.ts";
import type { Clock } from "../time/clock.ts";
import { formatDuration } from "../time/duration.ts";
import { lastLineOf } from "./output.ts";
import type { Expectation } from "./runbook.ts";

/** What was seen where something was expected; goes into `runbook.expected`. */
export interface Observation {
  readonly met: boolean;
  readonly detail: string;
}

type OfKind<Kind extends Expectation["kind"]> = Extract<Expectation, { kind: Kind }>;

/** Pure: is the exit status the expected one? A step that did not exit has none. */
export function checkExit({ equal, code }: OfKind<"exit">, { outcome, exitCode }: ShellResult): Observation {
  if (outcome !== "exited" || exitCode === null) return { met: false, detail: `no exit status: ${outcome}` };
  return { met: (exitCode === code) === equal, detail: `exit status ${exitCode}` };
}

/** Pure: is the pattern in the output? */
export function checkOutput({ pattern }: OfKind<"output">, output: string): Observation {
  const match = new RegExp(pattern, "m").exec(output);
  if (match) return { met: true, detail: `found ${JSON.stringify(match[0].slice(0, 160))}` };
  return { met: false, detail: `not in the output; its last line: ${lastLineOf(output)}` };
}

/**
 * Waits until live samples prove the probe good for the whole hold, counted from now: good times before the step
 * say nothing about what the step did.
 */
export async function awaitProbe(
  { probe, withinMs, holdMs }: OfKind<"probe">,
  {
    watch,
    clock,
    signal,
  }: { readonly watch: ProbeWatch; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Observation> {
  const fromMs = clock.nowMs();
  const met = await watch.waitGoodFor(probe, holdMs, fromMs + withinMs, signal, fromMs);
  const tookMs = clock.nowMs() - fromMs;
  const held = holdMs === 0 ? "good" : `good for ${formatDuration(holdMs)}`;
  if (met) return { met, detail: `${probe} was ${held}, ${formatDuration(tookMs)} after the step` };
  const last = watch.lastDetail(probe) ?? "none yet";
  return {
    met,
    detail: `${probe} was not ${held} within ${formatDuration(withinMs)}; its last answer: ${last}`,
  };
}
