import { fault, must, probe, runbook, scenario, workload } from "firedrill";

// The leader loses its database and keeps its clients: the worst cut, for it goes on accepting writes until its lease
// ends (5 s), and would love to commit them when the network heals. The first cut heals before anyone comes, so that
// late writes really arrive; the second is still there when the operator does. Takeover as in failover: 8 to 9 s.
export default await scenario(import.meta, {
  title: "The leader is cut off from its database, not killed; there are never two writers",
  stack: "../../fixtures/stacks/fleet",
  probes: {
    api: probe.http("http://load-balancer:8080/healthz", { every: "500ms" }),
    redundancy: probe.http("http://load-balancer:8080/fleet", {
      every: "1s",
      json: { controlPlanes: { min: 2 } },
    }),
  },
  workload: {
    tasks: workload.http("http://load-balancer:8080/tasks", {
      every: "200ms",
      body: { kind: "cpu" },
      readBack: "http://load-balancer:8080/tasks",
    }),
  },
  faults: [
    fault.partition("leader", { id: "flap", from: "database", duration: "10s" }),
    fault.partition("leader", {
      id: "cut",
      from: "database",
      after: "fault:flap",
      delay: "30s",
      duration: "25s",
    }),
  ],
  runbook: runbook("runbooks/split-brain.md", { startsOn: "redundancy", reaction: "5s" }),
  criteria: {
    noticed: must.detect("redundancy", { within: "10s", fault: "flap" }),
    takeover: must.recover("api", { within: "20s", hold: "5s" }),
    redundant: must.recover("redundancy", { within: "90s", hold: "5s" }),
    oneWriter: must.haveOneLeader("tasks"),
    kept: must.keepAcknowledged("tasks", { rpo: "0s" }),
    unique: must.haveUniqueIds("tasks"),
    gap: must.continue("tasks", { maxGap: "15s" }),
  },
});
