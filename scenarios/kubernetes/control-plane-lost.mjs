import { fault, must, probe, runbook, scenario } from "firedrill";

// The only server of the cluster dies. Nothing that runs needs it: the service must go on as if nothing had happened.
// What Kubernetes says right after the restart is as old as its last write, so `nodes` counts only nodes whose heartbeat
// (every 10 s) is newer than the loss. Start 3 to 10 s, heartbeat 10 s: half a minute, and the limit is twice that.
export default await scenario(import.meta, {
  title: "The control plane dies; the service goes on, and afterwards everything is managed again",
  stack: "../../fixtures/stacks/web",
  probes: {
    web: probe.http("http://web/", { every: "250ms" }),
    api: probe.http("http://cluster/api", { every: "1s" }),
    nodes: probe.http("http://cluster/nodes", { every: "1s", json: { ready: { min: 4 } } }),
  },
  faults: [fault.kill("server-0")],
  runbook: runbook("runbooks/control-plane-lost.md", { startsOn: "api", reaction: "10s" }),
  criteria: {
    noticed: must.detect("api", { within: "10s" }),
    untouched: must.continue("web", { maxGap: "2s" }),
    answers: must.recover("api", { within: "60s", hold: "5s" }),
    managed: must.recover("nodes", { within: "90s", hold: "5s" }),
    reconciles: must.pass(
      "a roll-out ordered after the loss is carried out",
      "kubectl rollout status deployment/web --timeout=25s && kubectl get deployment/web --output json | jq -e '.metadata.generation == .status.observedGeneration and .status.updatedReplicas == 3'",
    ),
  },
});
