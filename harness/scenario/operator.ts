import type { ProbeWatch } from "../probe/schedule.ts";
import { executeRunbook } from "../runbook/execute.ts";
import type { Runbook } from "../runbook/parse.ts";
import { formatDuration } from "../time/duration.ts";
import type { TrialContext } from "./baseline.ts";
import type { Drill } from "./drill.ts";
import type { Plan } from "./plan.ts";
import { deadline } from "./waiting.ts";

/** An operator who has not seen an alarm this long after the last fault is not going to start. */
const ALARM_LIMIT_MS = 120_000;

/**
 * Plays the operator: sees only what an operator sees (a probe that turned bad), takes a moment to react,
 * then works through the runbook. Resolves when the runbook has ended or was never begun.
 */
export async function startOperator(
  plan: Plan,
  runbook: Runbook | null,
  drill: Drill,
  watch: ProbeWatch,
  context: TrialContext,
): Promise<void> {
  const use = plan.scenario.runbook;
  if (runbook === null || use === null) return;
  const { stack, emit, signal } = context;
  const faults = use.afterFault === null ? await drill.all() : [await drill.outcome(use.afterFault)];
  if (!faults.every((fault) => fault?.confirmed)) return;

  const limit = deadline(stack.clock, ALARM_LIMIT_MS, signal);
  await watch.waitBad(use.onProbe, limit.signal);
  limit.end();
  if (!watch.isBad(use.onProbe)) {
    const detail = `${use.onProbe} did not turn bad within ${formatDuration(ALARM_LIMIT_MS)}`;
    emit({ kind: "runbook.ended", runbook: runbook.id, outcome: "not-started", detail });
    return;
  }
  await stack.clock.sleep(use.reactionMs, signal);
  if (signal.aborted) return;
  await executeRunbook(runbook, { ...context, watch, because: `${use.onProbe} turned bad` });
}
