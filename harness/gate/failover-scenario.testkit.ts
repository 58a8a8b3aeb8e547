import type { ScenarioDefinition } from "../scenario/definition.ts";

/** The failover scenario as it stands in a plan: two probes, one workload, one kill, one runbook, every kind of criterion. */
export function failoverScenario(changes: Partial<ScenarioDefinition> = {}): ScenarioDefinition {
  const probe = { timeoutMs: 1_000, expectStatus: 200, expectJson: {} };
  return {
    name: "failover",
    title: "The leading control plane dies; the standby takes over",
    file: "/project/scenarios/failover.mjs",
    stackFile: "/project/fixtures/stacks/fleet/compose.yaml",
    probes: [
      { ...probe, kind: "http", id: "api", url: "http://load-balancer:8080/healthz", everyMs: 500 },
      { ...probe, kind: "http", id: "redundancy", url: "http://load-balancer:8080/fleet", everyMs: 1_000 },
    ],
    workloads: [
      {
        id: "tasks",
        kind: "http",
        url: "http://load-balancer:8080/tasks",
        body: { kind: "cpu" },
        everyMs: 500,
        timeoutMs: 2_000,
        readBackUrl: "http://load-balancer:8080/tasks",
      },
    ],
    faults: [
      {
        id: "kill-leader",
        kind: "kill",
        on: "leader",
        pick: "one",
        from: null,
        params: {},
        after: { event: "baseline", delayMs: 0 },
        durationMs: null,
        ttlMs: 300_000,
      },
    ],
    runbook: {
      file: "/project/scenarios/runbooks/failover.md",
      afterFault: null,
      onProbe: "redundancy",
      reactionMs: 3_000,
    },
    criteria: [
      { id: "takeover", kind: "recovery", probe: "api", withinMs: 20_000, holdMs: 5_000, fault: null },
      {
        id: "redundant",
        kind: "recovery",
        probe: "redundancy",
        withinMs: 60_000,
        holdMs: 5_000,
        fault: null,
      },
      { id: "noticed", kind: "detection", probe: "redundancy", withinMs: 15_000, fault: null },
      { id: "gap", kind: "continuity", of: "tasks", maxGapMs: 15_000 },
      {
        id: "latency",
        kind: "threshold",
        of: "tasks",
        metric: "latencyMs",
        quantile: 0.95,
        limit: 2_000,
        direction: "at-most",
        sustainedMs: 0,
      },
      { id: "kept", kind: "no-acknowledged-loss", workload: "tasks", rpoMs: 0, minOps: 20 },
      { id: "unique", kind: "unique-ids", workload: "tasks", minOps: 20 },
      { id: "oneWriter", kind: "one-leader", workload: "tasks", minOps: 20 },
      { id: "runbook", kind: "runbook", runbook: "failover" },
    ],
    baselineMs: 5_000,
    settleMs: 10_000,
    maxMs: 300_000,
    kubernetesTimes: "production",
    ...changes,
  };
}
