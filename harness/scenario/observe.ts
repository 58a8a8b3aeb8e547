import type { CriterionSpec } from "../criterion/spec.ts";
import type { ProbeWatch } from "../probe/schedule.ts";
import type { Clock } from "../time/clock.ts";
import type { TrialContext } from "./baseline.ts";
import type { Drill, FaultOutcome } from "./drill.ts";
import type { Plan } from "./plan.ts";
import { deadline } from "./waiting.ts";

/** A placebo trial watches at least this long for a detector that fires without a cause … */
const PLACEBO_WATCH_MS = 15_000;
/** … and for as many answers of its slowest probe: the judge wants ten. */
const PLACEBO_SAMPLES = 11;
/** The last answer of a hold window may come this much after the window's end. */
const LATE_ANSWER_MS = 3_000;

/**
 * Waits until there is nothing more to see: the runbook has ended, timed faults are over, and for every criterion
 * that counts from a fault either its event has come or its deadline has passed. Decides nothing: the judge
 * reads the events later, and would say the same had the trial gone on for longer.
 */
export async function awaitOutcome(
  plan: Plan,
  drill: Drill,
  operator: Promise<void>,
  watch: ProbeWatch,
  context: TrialContext,
): Promise<void> {
  const { stack, emit, signal } = context;
  const faults = await drill.all();
  emit({ kind: "trial.phase", phase: "observing" });
  if (!faults.every((fault) => fault?.confirmed)) return;

  const { criteria, faults: planned, settleMs } = plan.scenario;
  if (plan.control === "placebo") {
    await stack.clock.sleep(placeboWatchMs(plan), signal);
    return;
  }
  const last = faults.at(-1) ?? null;
  await Promise.all([
    operator,
    ...planned.map(({ durationMs }, index) => (durationMs === null ? null : faults[index]?.done)),
    ...criteria.map((criterion) => awaitCriterion(criterion, drill, last, watch, context)),
  ]);
  await stack.clock.sleep(settleMs, signal);
  // A relapse while things settled begins the hold anew; ending now would leave it undecided.
  await Promise.all(criteria.map((criterion) => awaitHoldAgain(criterion, drill, last, watch, context)));
}

async function awaitHoldAgain(
  criterion: CriterionSpec,
  drill: Drill,
  last: FaultOutcome,
  watch: ProbeWatch,
  { stack: { clock }, signal }: TrialContext,
): Promise<void> {
  if (criterion.kind !== "recovery") return;
  const fault = criterion.fault === null ? last : await drill.outcome(criterion.fault);
  if (fault?.confirmedAtMs == null) return;
  const { probe, holdMs } = criterion;
  const sinceMs = watch.goodSinceMs(probe);
  if (sinceMs !== null && clock.nowMs() - sinceMs >= holdMs + LATE_ANSWER_MS) return;
  const untilMs = lastMomentMs(criterion, fault.confirmedAtMs);
  const limit = deadline(clock, Math.max(0, untilMs - clock.nowMs()), signal);
  await awaitHold(probe, holdMs, untilMs, watch, clock, limit.signal);
  limit.end();
}

function placeboWatchMs({ scenario }: Plan): number {
  const limits = scenario.criteria.map((it) => (it.kind === "detection" ? it.withinMs : 0));
  const samples = scenario.probes.map(({ everyMs }) => PLACEBO_SAMPLES * everyMs);
  return Math.max(PLACEBO_WATCH_MS, ...limits, ...samples);
}

async function awaitCriterion(
  criterion: CriterionSpec,
  drill: Drill,
  last: FaultOutcome,
  watch: ProbeWatch,
  { stack, signal }: TrialContext,
): Promise<void> {
  if (criterion.kind !== "recovery" && criterion.kind !== "detection") return;
  const fault = criterion.fault === null ? last : await drill.outcome(criterion.fault);
  if (fault?.confirmedAtMs == null) return;
  const holdMs = criterion.kind === "recovery" ? criterion.holdMs : 0;
  const untilMs = lastMomentMs(criterion, fault.confirmedAtMs);
  const limit = deadline(stack.clock, Math.max(0, untilMs - stack.clock.nowMs()), signal);
  await watch.waitBad(criterion.probe, limit.signal);
  if (criterion.kind === "recovery")
    await awaitHold(criterion.probe, holdMs, untilMs, watch, stack.clock, limit.signal);
  limit.end();
}

/** When the last answer that can decide a criterion has come, if its time counts from `fromMs`. */
function lastMomentMs(
  criterion: Extract<CriterionSpec, { kind: "recovery" | "detection" }>,
  fromMs: number,
): number {
  return (
    fromMs + criterion.withinMs + (criterion.kind === "recovery" ? criterion.holdMs : 0) + LATE_ANSWER_MS
  );
}

/**
 * The watch counts from when a question was asked, the judge from when its answer came: so the hold begins with
 * the arrival of the first good answer, and again after every relapse.
 */
async function awaitHold(
  probe: string,
  holdMs: number,
  untilMs: number,
  watch: ProbeWatch,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (await watch.waitGoodFor(probe, 0, untilMs, signal)) {
    const fromMs = clock.nowMs();
    if (!(await watch.waitGoodFor(probe, holdMs, untilMs, signal, fromMs))) return;
    const sinceMs = watch.goodSinceMs(probe);
    if (sinceMs !== null && sinceMs <= fromMs) return;
  }
}
