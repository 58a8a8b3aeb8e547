import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../events/canonical-json.ts";
import { digest } from "../events/digest.ts";
import { type EventLog, openEventLog } from "../events/log.ts";
import type { FiredrillEvent } from "../events/vocabulary.ts";
import { FiredrillError } from "../error.ts";
import { startReaper } from "../fault/reaper.ts";
import { writeRunState } from "../fault/run-state.ts";
import { openUndoLog, type UndoLog } from "../fault/undo-log.ts";
import type { Tier } from "../tier/tier.ts";
import { systemClock } from "../time/system-clock.ts";
import { describeEnvironment } from "./environment.ts";
import type { Planned } from "./make-plan.ts";
import { runTrial } from "./trial.ts";

export interface RunInput {
  readonly planned: Planned;
  readonly tier: Tier;
  readonly runId: string;
  readonly runDir: string;
  /** ISO time, a label only. */
  readonly startedAt: string;
  readonly keepUntil: string | null;
  readonly reuse: boolean;
  /** Aborted by the person who runs it. `reason` is the signal's name. */
  readonly signal: AbortSignal;
  readonly listener: (event: FiredrillEvent) => void;
}

export interface RunOutcome {
  readonly events: readonly FiredrillEvent[];
  /** What kept the run from its end, if anything; the events up to there can be judged. */
  readonly error: unknown;
}

/**
 * Carries out all trials of a plan and records them. Never throws for what happens in a trial: whatever it was,
 * the stack has been taken down and the events say so.
 */
export async function runPlan(input: RunInput): Promise<RunOutcome> {
  const { plan } = input.planned;
  const real = input.tier.name !== "sim";
  mkdirSync(input.runDir, { recursive: true });
  const broken = new AbortController();
  let brokenBy: FiredrillError | null = null;
  const log = openEventLog(join(input.runDir, "events.jsonl"), {
    sync: real,
    onBroken: (error) => {
      brokenBy = error;
      broken.abort(error);
    },
  });
  log.subscribe(input.listener);
  // On `sim` no real time may show: the same plan gives the same log.
  const emit = log.emitter(0, real ? systemClock() : { nowMs: () => 0, sleep: async () => {} });
  // Functions (probe.call) have no place in a record: only their schedule is kept.
  const recorded = JSON.parse(JSON.stringify(plan));
  emit({
    kind: "run.planned",
    runId: input.runId,
    plan: recorded,
    planDigest: digest(canonicalJson(recorded)),
    startedAt: input.startedAt,
    environment: describeEnvironment(),
  });
  writeRunState(input.runDir, { runId: input.runId, tier: input.tier.name, state: "running" });
  const reaper = real ? startReaper(input.runDir, input.runId, input.tier.name) : null;
  const undoLog = openUndoLog(input.runDir);

  let error: unknown = null;
  try {
    await runTrials(input, log, undoLog, AbortSignal.any([input.signal, broken.signal]));
  } catch (thrown) {
    error = brokenBy ?? thrown;
  }
  if (input.signal.aborted) emit({ kind: "run.interrupted", signal: String(input.signal.reason) });
  else if (error !== null) emit(failure(error));
  if (real && input.keepUntil === null) await reportLeftovers(input, emit);
  emit({
    kind: "run.ended",
    trials: log.events.filter((it) => it.kind === "trial.phase" && it.phase === "done").length,
  });
  undoLog.close();
  writeRunState(input.runDir, { runId: input.runId, tier: input.tier.name, state: "ended" });
  await reaper?.dismiss();
  log.close();
  return { events: log.events, error };
}

async function runTrials(
  input: RunInput,
  log: EventLog,
  undoLog: UndoLog,
  signal: AbortSignal,
): Promise<void> {
  const { plan, stackSpec, runbook } = input.planned;
  for (let trial = 1; trial <= plan.trials; trial++) {
    if (signal.aborted) throw new FiredrillError("RUN_INTERRUPTED", "the run was interrupted");
    await runTrial({
      plan,
      trial,
      tier: input.tier,
      stackSpec,
      runbook,
      runId: input.runId,
      runDir: input.runDir,
      undoLog,
      keepUntil: trial === plan.trials ? input.keepUntil : null,
      reuse: input.reuse && trial < plan.trials,
      signal,
      emitter: (nowMs) => log.emitter(trial, { nowMs, sleep: () => Promise.resolve() }),
    });
  }
}

function failure(error: unknown) {
  const known = error instanceof FiredrillError ? error : null;
  return {
    kind: "run.failed",
    code: known?.code ?? "BUG",
    message: [error instanceof Error ? error.message : String(error), known?.received]
      .filter(Boolean)
      .join(": "),
    hint: known?.hint ?? null,
  } as const;
}

/** Looks once more, after everything should be gone, and takes away what is not. */
async function reportLeftovers(input: RunInput, emit: ReturnType<EventLog["emitter"]>): Promise<void> {
  try {
    const what = await input.tier.removeRun(input.runId);
    if (what.length > 0) emit({ kind: "run.leak", what });
  } catch (error) {
    emit({ kind: "run.leak", what: [`clean-up could not be checked: ${(error as Error).message}`] });
  }
}
