import type { CriterionSpec } from "../criterion/spec.ts";
import type { ProbeWatch } from "../probe/schedule.ts";
import type { Workload } from "../workload/schedule.ts";
import type { TrialContext } from "./baseline.ts";
import type { Plan } from "./plan.ts";

/** Ends the observation: the load stops, what the system holds is read back, the checks run once. */
export async function verify(
  plan: Plan,
  watch: ProbeWatch,
  loads: readonly Workload[],
  context: TrialContext,
): Promise<void> {
  await Promise.all([watch.stop(), ...loads.map((load) => load.stop())]);
  for (const load of loads) await load.readBack();
  for (const criterion of plan.scenario.criteria) {
    if (criterion.kind === "check") await runCheck(criterion, context);
  }
}

async function runCheck(criterion: CriterionSpec & { kind: "check" }, { stack, emit, signal }: TrialContext) {
  const { command: script, timeoutMs } = criterion;
  const result = await stack.runShell({ script, env: {}, timeoutMs, signal });
  const failed = result.outcome === "exited" ? "fail" : "crash";
  emit({
    kind: "check.result",
    criterion: criterion.id,
    outcome: result.exitCode === 0 ? "pass" : failed,
    detail: `${result.outcome} ${result.exitCode ?? ""}: ${result.output.slice(-2_000)}`,
  });
}
