import { fault, must, probe, runbook, scenario, workload } from "firedrill";

// A worker counts as lost after 3 missed heartbeats of 2 s: 4 to 6 s after the fault. Its tasks are given out again
// within 0.5 s, fetched with the next heartbeat (2 s) and take 0.5 s: nothing should be older than about 10 s.
export default await scenario(import.meta, {
  title: "A worker node vanishes; its tasks move, and the node comes back",
  stack: "../../fixtures/stacks/fleet",
  probes: {
    api: probe.http("http://load-balancer:8080/healthz", { every: "500ms" }),
    workers: probe.http("http://load-balancer:8080/fleet", { every: "1s", json: { workers: { min: 3 } } }),
  },
  workload: {
    tasks: workload.http("http://load-balancer:8080/tasks", {
      every: "200ms",
      body: { kind: "cpu" },
      readBack: "http://load-balancer:8080/tasks",
    }),
  },
  faults: [fault.nodeLoss("worker-2")],
  runbook: runbook("runbooks/node-loss.md", { startsOn: "workers", reaction: "5s" }),
  criteria: {
    noticed: must.detect("workers", { within: "12s" }),
    rescheduled: must.stay("workers", "oldestUnfinishedMs", { atMost: 15000 }),
    returned: must.recover("workers", { within: "60s", hold: "5s" }),
    untouched: must.continue("api", { maxGap: "5s" }),
    gap: must.continue("tasks", { maxGap: "5s" }),
    kept: must.keepAcknowledged("tasks", { rpo: "0s" }),
    unique: must.haveUniqueIds("tasks"),
  },
});
