import { fault, must, probe, runbook, scenario, workload } from "firedrill";

// Something outside of Kubernetes fills the node's memory. The kubelet evicts who uses more than it asked for, lowest
// priority first: the batch work, not the ledger. That makes room, the batch work comes back, takes its memory again, and has
// to go again, until somebody finds what fills the node: so coming back means staying for 25 s. With shortened time
// limits, because after the pressure Kubernetes keeps the node closed for five minutes, and here for 15 s.
export default await scenario(import.meta, {
  title: "A node runs out of memory: batch work is evicted, the ledger is not",
  stack: "../../fixtures/stacks/ledger",
  kubernetesTimes: "fast",
  probes: {
    ledger: probe.http("http://ledger/", { every: "500ms" }),
    batch: probe.http("http://cluster/pods?service=batch", { every: "1s", json: { ready: { min: 2 } } }),
  },
  workload: {
    entries: workload.http("http://ledger/entries", {
      every: "250ms",
      readBack: "http://ledger/entries",
    }),
  },
  faults: [fault.nodeMemoryPressure("database")],
  baseline: "8s", // by then the batch work has taken all that it takes
  runbook: runbook("runbooks/eviction.md", { startsOn: "batch", reaction: "10s" }),
  criteria: {
    noticed: must.detect("batch", { within: "60s" }),
    ledgerStays: must.continue("ledger", { maxGap: "3s" }),
    written: must.continue("entries", { maxGap: "3s" }),
    kept: must.keepAcknowledged("entries", { rpo: "0s" }),
    unique: must.haveUniqueIds("entries"),
    resumed: must.recover("batch", { within: "120s", hold: "25s" }),
  },
});
