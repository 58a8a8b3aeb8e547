import { fault, must, probe, runbook, scenario, workload } from "firedrill";

// Where the numbers come from: the lease lasts 5 s and is tried for every second; the balancer wants two good checks,
// one a second. So the standby serves 8 to 9 s after the kill, and what is above that is room for a busy machine.
export default await scenario(import.meta, {
  title: "The leading control plane dies; the standby takes over",
  stack: "../fixtures/stacks/fleet",
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
  faults: [fault.kill("leader")],
  runbook: runbook("runbooks/failover.md", { startsOn: "redundancy", reaction: "3s" }),
  criteria: {
    takeover: must.recover("api", { within: "20s", hold: "5s" }),
    redundant: must.recover("redundancy", { within: "60s", hold: "5s" }),
    noticed: must.detect("redundancy", { within: "15s" }),
    gap: must.continue("tasks", { maxGap: "15s" }),
    kept: must.keepAcknowledged("tasks", { rpo: "0s" }),
    unique: must.haveUniqueIds("tasks"),
    oneWriter: must.haveOneLeader("tasks"),
    latency: must.stay("tasks", "latencyMs", { atMost: 2000, quantile: 0.95, sustainedFor: "5s" }),
  },
});
