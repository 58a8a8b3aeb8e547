import { type Env, type Interruption, type RunbookContext, runStep, type StepFailure } from "./run-step.ts";
import { isFor, type Runbook, type Step } from "./runbook.ts";

export type { RunbookContext } from "./run-step.ts";

export type RunbookOutcome =
  | { readonly outcome: "done"; readonly detail: string }
  | { readonly outcome: "not-started"; readonly detail: string }
  | StepFailure
  | Interruption;

/**
 * Works through a runbook as an operator would who does exactly what it says: one step after the other, stopping at
 * the first that fails or whose expectation is not met, and then doing its rollback. Once the signal is aborted no
 * step is started. A runbook that was cut off, by the signal or by an error, has no `runbook.ended`: its end is not
 * known, and nobody is to blame. @throws only what is no outcome of the runbook: a defect, or a command that a model
 * can't answer
 */
export async function executeRunbook(runbook: Runbook, context: RunbookContext): Promise<RunbookOutcome> {
  const { emit, because, signal, stack } = context;
  const ended = (outcome: Exclude<RunbookOutcome, Interruption>): RunbookOutcome => {
    emit({ kind: "runbook.ended", runbook: runbook.id, outcome: outcome.outcome, detail: outcome.detail });
    return outcome;
  };
  // A step for another tier is left out, whether or not another step requires it.
  const steps = runbook.steps.filter((step) => isFor(step, stack.tier));
  const rollbacks = new Set(runbook.steps.map(({ rollback }) => rollback));
  const sequence = steps.filter(({ id }) => !rollbacks.has(id));
  if (signal.aborted) return { outcome: "interrupted", detail: "interrupted before the first step" };
  if (sequence.length === 0)
    return ended({ outcome: "not-started", detail: `no step is for the tier ${stack.tier}` });
  emit({ kind: "runbook.started", runbook: runbook.id, digest: runbook.digest, because });
  const outcome = await runSequence(sequence, steps, context);
  return outcome.outcome === "interrupted" ? outcome : ended(outcome);
}

async function runSequence(
  sequence: readonly Step[],
  steps: readonly Step[],
  context: RunbookContext,
): Promise<RunbookOutcome> {
  let env: Env = {};
  for (const step of sequence) {
    const done = await runStep(step, env, context);
    env = done.env;
    if (done.trouble === null) continue;
    const rollback = steps.find(({ id }) => id === step.rollback);
    if (done.trouble.outcome === "interrupted" || !rollback) return done.trouble;
    return rollBack(done.trouble, rollback, env, context);
  }
  return { outcome: "done", detail: `all ${sequence.length} steps done` };
}

async function rollBack(
  failure: StepFailure,
  rollback: Step,
  env: Env,
  context: RunbookContext,
): Promise<StepFailure | Interruption> {
  const { trouble } = await runStep(rollback, env, context);
  if (trouble?.outcome === "interrupted") return trouble;
  const how = trouble ? `its rollback failed too: ${trouble.detail}` : `rolled back by "${rollback.id}"`;
  return { ...failure, detail: `${failure.detail}; ${how}` };
}
