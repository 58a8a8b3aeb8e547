import { fault, must, probe, runbook, scenario } from "firedrill";

// A spot instance is reclaimed: machine and Node object are gone. Kubernetes' own collector would let go of the pod after
// 40 to 60 s (its quarantine and its period); the runbook does so at once, and buys a new node: create and join take
// about 15 s here.
export default await scenario(import.meta, {
  title: "The GPU node under a job is reclaimed; the job moves, and the node is replaced",
  stack: "../../fixtures/stacks/gpu-farm",
  probes: {
    job: probe.http("http://trainer/", { every: "500ms" }),
    nodes: probe.http("http://cluster/nodes", { every: "1s", json: { ready: { min: 3 } } }),
  },
  faults: [fault.nodeDelete("gpu-job")],
  runbook: runbook("runbooks/gpu-node-lost.md", { startsOn: "job", reaction: "10s" }),
  criteria: {
    noticed: must.detect("job", { within: "10s" }),
    moved: must.recover("job", { within: "60s", hold: "5s" }),
    replaced: must.recover("nodes", { within: "120s", hold: "5s" }),
    capacity: must.pass(
      "both GPUs can be had again",
      'kubectl get nodes --output json | jq -e \'[.items[].status.allocatable["nvidia.com/gpu"] // "0" | tonumber] | add == 2\'',
    ),
  },
});
