import type { Emit } from "../events/vocabulary.ts";
import { FiredrillError } from "../error.ts";
import type { UndoLog } from "../fault/undo-log.ts";
import { startProbes } from "../probe/schedule.ts";
import type { Runbook } from "../runbook/parse.ts";
import type { StackSpec } from "../stack/spec.ts";
import type { RunningStack, Tier } from "../tier/tier.ts";
import { digest } from "../events/digest.ts";
import { keyedRandom, mix } from "../service/random.ts";
import { systemClock } from "../time/system-clock.ts";
import { startWorkload } from "../workload/schedule.ts";
import { awaitBaseline } from "./baseline.ts";
import { startFaults } from "./drill.ts";
import { keepLogs } from "./evidence.ts";
import { keepMockJournals } from "./mock-journals.ts";
import { awaitOutcome } from "./observe.ts";
import { startOperator } from "./operator.ts";
import type { Plan } from "./plan.ts";
import { verify } from "./verify.ts";
import { deadline } from "./waiting.ts";

export interface TrialInput {
  readonly plan: Plan;
  readonly trial: number;
  readonly tier: Tier;
  readonly stackSpec: StackSpec;
  readonly runbook: Runbook | null;
  readonly runId: string;
  readonly runDir: string;
  readonly undoLog: UndoLog;
  readonly keepUntil: string | null;
  /** Clusters are to stay warm for the next trial. */
  readonly reuse: boolean;
  /** Aborted by Ctrl-C, SIGTERM or a log that can't be written. */
  readonly signal: AbortSignal;
  /** Makes the trial's emitter, once there is a clock to stamp events with. */
  readonly emitter: (nowMs: () => number) => Emit;
}

/**
 * One execution with one seed: up → baseline → injecting → observing → verifying → undoing → down.
 * Whatever happens on the way, what was broken is undone and the stack goes down; what happened is in the events.
 */
export async function runTrial(input: TrialInput): Promise<void> {
  const { plan, tier, signal } = input;
  let running: RunningStack | null = null;
  // Until the stack is up, a real tier counts on the clock it goes on with; on `sim` no real time may show.
  const clock = systemClock();
  const early = tier.name === "sim" ? () => 0 : () => clock.nowMs();
  const record = input.emitter(() => running?.clock.nowMs() ?? early());
  let undone = true;
  const emit: Emit = (event) => {
    if (event.kind === "fault.revert-failed" || (event.kind === "fault.audited" && !event.clean))
      undone = false;
    record(event);
  };

  emit({ kind: "trial.phase", phase: "up" });
  running = await tier.up(input.stackSpec, {
    runId: input.runId,
    runDir: input.runDir,
    trial: input.trial,
    seed: trialSeed(plan.seed, input.trial),
    emit,
    clock,
    signal,
    keepUntil: input.keepUntil,
    times: plan.scenario.kubernetesTimes,
    reuse: input.reuse,
  });
  // The stack's clock began with its bringing up.
  emit({ kind: "stack.up", services: Object.keys(running.spec.services), tookMs: running.clock.nowMs() });
  let finished = false;
  try {
    await rehearse(running, input, emit);
    finished = true;
  } finally {
    await keepLogs(running, input.runDir, input.trial);
    await keepMockJournals(running, input.runDir, input.trial, emit);
    emit({ kind: "trial.phase", phase: "down" });
    if (finished && undone && running.leaveWarm !== undefined) await running.leaveWarm();
    else await running[Symbol.asyncDispose]();
  }
  emit({ kind: "trial.phase", phase: "done" });
}

async function rehearse(stack: RunningStack, input: TrialInput, emit: Emit): Promise<void> {
  const { plan, trial, undoLog } = input;
  const { scenario, control } = plan;
  // Everything that waits in this trial waits on `signal`: the caller's, or the trial's own time limit.
  const limit = deadline(stack.clock, scenario.maxMs, input.signal);
  const signal = limit.signal;
  const context = { stack, emit, signal };

  emit({ kind: "trial.phase", phase: "baseline" });
  const watch = startProbes(scenario.probes, context);
  const random = keyedRandom(trialSeed(plan.seed, trial), "workload");
  const loads = scenario.workloads.map((spec) => startWorkload(spec, { ...context, random }));
  const drill = startFaults(control === "placebo" ? [] : scenario.faults, { ...context, undoLog });
  try {
    if (await awaitBaseline(scenario, watch, context)) {
      emit({ kind: "trial.fingerprint", when: "before", ...(await fingerprint(stack)) });
      emit({ kind: "trial.phase", phase: "injecting" });
      drill.begin();
      const runbook = control === "none" ? input.runbook : null;
      const operator = startOperator(plan, runbook, drill, watch, context);
      // If the drill fails first, that is what is told; this must not end the process.
      operator.catch(() => undefined);
      await awaitOutcome(plan, drill, operator, watch, context);
    }
    if (limit.reached()) emit({ kind: "run.interrupted", signal: `time limit of ${scenario.maxMs} ms` });
    emit({ kind: "trial.phase", phase: "verifying" });
    await verify(plan, watch, loads, context);
  } finally {
    limit.end();
    // `verify` has reported what broke in the harness itself, if it came so far; here everything only has to end.
    await Promise.allSettled([watch.stop(), ...loads.map((load) => load.stop())]);
    emit({ kind: "trial.phase", phase: "undoing" });
    await drill.revertAll(input.signal.aborted ? "interrupt" : "end");
    await inspect(stack, emit);
  }
  if (input.signal.aborted) throw new FiredrillError("RUN_INTERRUPTED", "the run was interrupted");
}

/** What the trial leaves as it ends. That it can't be seen is a finding, not a reason to stop half-way down. */
async function inspect(stack: RunningStack, emit: Emit): Promise<void> {
  try {
    emit({ kind: "trial.fingerprint", when: "after", ...(await fingerprint(stack)) });
    emit({ kind: "trial.outside", ...(await stack.outsideAttempts()) });
  } catch (error) {
    emit({
      kind: "run.leak",
      what: [`the stack could not be inspected in the end: ${(error as Error).message}`],
    });
  }
}

/** Trials of one run differ, and each is the same again under the same seed and number. */
function trialSeed(seed: number, trial: number): number {
  return mix(seed ^ mix(trial));
}

async function fingerprint(stack: RunningStack): Promise<{ digest: string; items: Record<string, string> }> {
  const items = { ...(await stack.fingerprint()) };
  return { digest: digest(JSON.stringify(Object.entries(items).toSorted())), items };
}
