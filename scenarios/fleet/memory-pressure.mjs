import { fault, must, probe, runbook, scenario, workload } from "firedrill";

// As in node-loss: lost after 3 missed heartbeats of 2 s, tasks done elsewhere about 10 s later. The memory needs a few
// seconds to fill before the kernel acts, which is why detection has 20 s.
export default await scenario(import.meta, {
  title: "A worker runs out of memory and is killed by the kernel",
  stack: "../../fixtures/stacks/fleet",
  probes: {
    workers: probe.http("http://load-balancer:8080/fleet", { every: "1s", json: { workers: { min: 3 } } }),
  },
  workload: {
    tasks: workload.http("http://load-balancer:8080/tasks", {
      every: "200ms",
      body: { kind: "cpu" },
      readBack: "http://load-balancer:8080/tasks",
    }),
  },
  faults: [fault.memoryPressure("worker-1")],
  runbook: runbook("runbooks/memory-pressure.md", { startsOn: "workers", reaction: "5s" }),
  criteria: {
    noticed: must.detect("workers", { within: "20s" }),
    rescheduled: must.stay("workers", "oldestUnfinishedMs", { atMost: 15000 }),
    returned: must.recover("workers", { within: "60s", hold: "5s" }),
    gap: must.continue("tasks", { maxGap: "5s" }),
    kept: must.keepAcknowledged("tasks", { rpo: "0s" }),
  },
});
