import { fault, must, probe, runbook, scenario, workload } from "firedrill";

// The runner looks at its GPU twice a second, so a lost one is seen within a second and its jobs start elsewhere in the next. A
// job takes 8 s, one that moves at most 2 steps of 1 s more, and the other node's GPU carries both loads: nothing should be
// unfinished for more than about 12 s. The operator comes after 5 s and needs half a minute.
export default await scenario(import.meta, {
  title: "A GPU falls off the bus; its jobs go on elsewhere from their checkpoints, and the node comes back",
  stack: "../../fixtures/stacks/endpoints",
  probes: {
    gpus: probe.http("http://gpu-jobs:8091/status", { every: "1s", json: { gpus: { min: 2 } } }),
    board: probe.http("http://gpu-jobs:8091/health", { every: "1s" }),
  },
  workload: {
    jobs: workload.http("http://gpu-jobs:8091/jobs", {
      every: "700ms",
      readBack: "http://gpu-jobs:8091/jobs",
    }),
  },
  faults: [fault.mock("gpu-1", { id: "off-the-bus", fault: "busDrop", params: { recover: "reboot" } })],
  runbook: runbook("runbooks/gpu-off-the-bus.md", { startsOn: "gpus", reaction: "5s" }),
  criteria: {
    noticed: must.detect("gpus", { within: "5s" }),
    moved: must.stay("gpus", "oldestUnfinishedMs", { atMost: 15000 }),
    checkpoints: must.stay("gpus", "maxRepeatedSteps", { atMost: 2 }),
    returned: must.recover("gpus", { within: "90s", hold: "10s" }),
    untouched: must.continue("board", { maxGap: "5s" }),
    kept: must.keepAcknowledged("jobs", { rpo: "0s" }),
    unique: must.haveUniqueIds("jobs"),
  },
  baseline: "12s", // the first jobs are under way, with checkpoints
});
