import { explainError } from "../error.ts";
import type { Emit } from "../events/vocabulary.ts";
import { elapsedMs } from "../probe/elapsed.ts";
import type { ProbeWatch } from "../probe/schedule.ts";
import type { RunningStack, ShellResult } from "../tier/tier.ts";
import { formatDuration } from "../time/duration.ts";
import { awaitProbe, checkExit, checkOutput, type Observation } from "./expectation.ts";
import { lastLineOf, tailOfOutput } from "./output.ts";
import type { Expectation, ShellStep, Step } from "./runbook.ts";

export interface RunbookContext {
  readonly stack: Pick<RunningStack, "tier" | "clock" | "runShell">;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly watch: ProbeWatch;
  /** Why the operator began, in words. */
  readonly because: string;
}

export interface StepFailure {
  readonly outcome: "failed";
  readonly step: string;
  readonly reason: "step" | "expectation" | "person-needed";
  /** A sentence that names the step. */
  readonly detail: string;
}

/** The run was cut off: what would have come of the step is not known. */
export interface Interruption {
  readonly outcome: "interrupted";
  readonly detail: string;
}

export type Env = ShellResult["env"];

export interface StepOutcome {
  /** What is exported after the step. */
  readonly env: Env;
  /** Null when the step ended well and everything expected of it came true. */
  readonly trouble: StepFailure | Interruption | null;
}

/** Runs one step with what earlier steps exported, unless the signal is aborted, and holds it against its expectations. */
export async function runStep(step: Step, env: Env, context: RunbookContext): Promise<StepOutcome> {
  const { emit, signal } = context;
  if (signal.aborted) return { env, trouble: interrupted(`interrupted before step "${step.id}"`) };
  emit({ kind: "runbook.step.started", step: step.id, title: step.title });
  if (step.kind === "manual" || step.approve) return { env, trouble: needPerson(step, emit) };
  const result = await runScript(step, env, context);
  return { env: result.env, trouble: await checkStep(step, result, context) };
}

/** An automatic run has nobody to ask: better a failed rehearsal than an approval that nobody gave. */
function needPerson(step: Step, emit: Emit): StepFailure {
  const task = step.kind === "manual" ? "is done by hand" : "waits for somebody's approval";
  const output = `a person is needed: this step ${task}, and this run is automatic`;
  emit({
    kind: "runbook.step.ended",
    step: step.id,
    outcome: "failed",
    exitCode: null,
    durationMs: 0,
    output,
  });
  return failed(step, "person-needed", output);
}

type Ending = "done" | "failed" | "timeout" | "interrupted";

async function runScript(
  step: ShellStep,
  env: Env,
  { stack, emit, signal }: RunbookContext,
): Promise<ShellResult> {
  const startedMs = stack.clock.nowMs();
  const ended = (outcome: Ending, exitCode: number | null, output: string) => {
    const durationMs = elapsedMs(stack.clock, startedMs);
    emit({
      kind: "runbook.step.ended",
      step: step.id,
      outcome,
      exitCode,
      durationMs,
      output: tailOfOutput(output),
    });
  };
  try {
    const result = await stack.runShell({ script: step.script, env, timeoutMs: step.timeoutMs, signal });
    ended(endingOf(step, result, signal), result.exitCode, result.output);
    return result;
  } catch (error) {
    ended("interrupted", null, explainError(error));
    throw error;
  }
}

/** A command that ends badly after the run was told to stop may have been killed: that is not the runbook's fault. */
function endingOf(step: ShellStep, result: ShellResult, signal: AbortSignal): Ending {
  if (exitedWell(step, result)) return "done";
  if (signal.aborted) return "interrupted";
  return result.outcome === "exited" ? "failed" : result.outcome;
}

function exitExpectation(step: Step): Extract<Expectation, { kind: "exit" }> | undefined {
  return step.expectations.find((expectation) => expectation.kind === "exit");
}

function exitedWell(step: Step, result: ShellResult): boolean {
  const expected = exitExpectation(step);
  return expected ? checkExit(expected, result).met : result.outcome === "exited" && result.exitCode === 0;
}

/**
 * Exit status first, then the other expectations in the author's order, up to the first that is not met. An
 * expectation that the run's end cut off is neither met nor unmet and leaves no event.
 */
async function checkStep(
  step: ShellStep,
  result: ShellResult,
  context: RunbookContext,
): Promise<StepFailure | Interruption | null> {
  const { emit, signal } = context;
  const note = (expectation: Expectation, seen: Observation) => {
    emit({ kind: "runbook.expected", step: step.id, expectation: expectation.text, ...seen });
  };
  if (signal.aborted || result.outcome === "interrupted")
    return interrupted(`interrupted in step "${step.id}"`);
  const exit = exitExpectation(step);
  if (exit) note(exit, checkExit(exit, result));
  if (!exitedWell(step, result)) return failed(step, "step", describeFailure(step, result));
  for (const expectation of step.expectations) {
    if (expectation.kind === "exit") continue;
    const seen = await observe(expectation, result, context);
    if (!seen.met && signal.aborted)
      return interrupted(`interrupted after step "${step.id}", waiting for ${expectation.text}`);
    note(expectation, seen);
    if (!seen.met) return failed(step, "expectation", `${expectation.text}: ${seen.detail}`);
  }
  return null;
}

function observe(
  expectation: Exclude<Expectation, { kind: "exit" }>,
  result: ShellResult,
  { watch, stack, signal }: RunbookContext,
): Promise<Observation> {
  if (expectation.kind === "output") return Promise.resolve(checkOutput(expectation, result.output));
  return awaitProbe(expectation, { watch, clock: stack.clock, signal });
}

function describeFailure(step: ShellStep, { outcome, exitCode, output }: ShellResult): string {
  if (outcome === "timeout") return `not done within ${formatDuration(step.timeoutMs)}`;
  return `exit status ${exitCode}: ${lastLineOf(output)}`;
}

function interrupted(detail: string): Interruption {
  return { outcome: "interrupted", detail };
}

function failed(step: Step, reason: StepFailure["reason"], detail: string): StepFailure {
  return { outcome: "failed", step: step.id, reason, detail: `step "${step.id}": ${detail}` };
}
