import { fault, must, probe, runbook, scenario, workload } from "firedrill";

// The whole deciding cluster goes dark. The GPU clusters must not care: what runs there needs nobody's permission. When it
// is back (start of a server 10 s, database and controller 10 to 20 s more) it must find both of them again, and nothing that was
// accepted may be lost or done under two names.
export default await scenario(import.meta, {
  title: "The control cluster is lost; the GPU clusters go on working and are adopted again",
  stack: "../../fixtures/stacks/three-clusters",
  probes: {
    adopted: probe.http("http://door.control:8080/fleet", { every: "1s", json: { workers: { min: 2 } } }),
    workerA: probe.http("http://worker.gpu-a:8083/health", { every: "500ms" }),
    workerB: probe.http("http://worker.gpu-b:8083/health", { every: "500ms" }),
  },
  workload: {
    tasks: workload.http("http://door.control:8080/tasks", {
      every: "250ms",
      body: { kind: "gpu" },
      readBack: "http://door.control:8080/tasks",
    }),
  },
  faults: [fault.kill("control")],
  runbook: runbook("runbooks/control-cluster-lost.md", { startsOn: "adopted", reaction: "10s" }),
  criteria: {
    noticed: must.detect("adopted", { within: "10s" }),
    untouchedA: must.continue("workerA", { maxGap: "3s" }),
    untouchedB: must.continue("workerB", { maxGap: "3s" }),
    readopted: must.recover("adopted", { within: "150s", hold: "5s" }),
    kept: must.keepAcknowledged("tasks", { rpo: "0s" }),
    unique: must.haveUniqueIds("tasks"),
  },
});
