import { describeCriterion } from "../criterion/describe.ts";
import { servicesOfRole } from "../stack/roles.ts";
import type { Tier } from "../tier/tier.ts";
import { formatDuration } from "../time/duration.ts";
import type { FaultSpec } from "./definition.ts";
import type { Planned } from "./make-plan.ts";

/** What `--dry-run` prints: the plan in words, and honestly what can't be known before the stack runs. */
export function describePlan({ plan, stackSpec, runbook }: Planned, tier: Tier): string {
  const { scenario } = plan;
  const unknown = scenario.faults.filter(({ on }) => on in stackSpec.roles);
  const lines = [
    `${scenario.title}`,
    `tier ${plan.tier}, ${plan.trials} trial(s), seed ${plan.seed}, control ${plan.control}`,
    `stack    ${Object.keys(stackSpec.services).join(", ")}`,
    `baseline every probe (${scenario.probes.map(({ id }) => id).join(", ")}) good for ${formatDuration(scenario.baselineMs)}`,
    ...scenario.faults.map(
      (fault) => `fault    ${describeFault(fault)} [${tier.capabilities[fault.kind].grade}]`,
    ),
    ...(runbook?.steps ?? []).map((step) => `runbook  ${step.title}`),
    ...scenario.criteria.map((criterion) => `demand   ${describeCriterion(criterion)}`),
    "",
    "Not foreseen by this dry run:",
    ...unknown.map(({ id, on }) => {
      const among = servicesOfRole(stackSpec, stackSpec.roles[on]!.among);
      return `  which service is "${on}" when ${id} starts (one of ${among.join(", ")})`;
    }),
    "  whether images can be pulled, and how the services behave",
  ];
  return lines.join("\n");
}

function describeFault(fault: FaultSpec): string {
  const when = `${formatDuration(fault.after.delayMs)} after ${fault.after.event}`;
  const length =
    fault.durationMs === null ? "until it is repaired" : `for ${formatDuration(fault.durationMs)}`;
  const from = fault.from === null ? "" : ` from ${fault.from}`;
  const what = fault.params.fault === undefined ? fault.kind : `${fault.kind} ${fault.params.fault}`;
  return `${fault.id}: ${what} on ${fault.on}${from}, ${when}, ${length}`;
}
