import { fault, must, probe, runbook, scenario } from "firedrill";

// A roll-out gets stuck half-way (nobody can pull its image), which leaves two of three copies: exactly what the disruption
// budget asks for. Then two nodes are drained for maintenance. Whoever honours the budget must now wait.
export default await scenario(import.meta, {
  title: "Nodes are drained in the middle of a roll-out that is stuck; the budget keeps the service up",
  stack: "../../fixtures/stacks/web",
  probes: {
    web: probe.http("http://web/", { every: "250ms" }),
    capacity: probe.http("http://cluster/pods?service=web", { every: "500ms", json: { ready: { min: 2 } } }),
    full: probe.http("http://cluster/pods?service=web", { every: "1s", json: { ready: { min: 3 } } }),
  },
  faults: [
    fault.imageMissing("web", { id: "stuck", rolling: true }),
    fault.drain("agent-0", { id: "drain-a", after: "fault:stuck", delay: "3s" }),
    fault.drain("agent-1", { id: "drain-b", after: "fault:stuck", delay: "3s" }),
  ],
  runbook: runbook("runbooks/drain-during-rollout.md", { startsOn: "full", reaction: "20s" }),
  criteria: {
    noticed: must.detect("full", { within: "20s", fault: "stuck" }),
    untouched: must.continue("web", { maxGap: "2s" }),
    budget: must.continue("capacity", { maxGap: "3s" }),
    complete: must.recover("full", { within: "180s", hold: "10s", fault: "stuck" }),
    maintained: must.pass(
      "every node takes pods again, and the roll-out is over",
      "kubectl get nodes --output json | jq -e 'all(.items[]; .spec.unschedulable | not)' && kubectl rollout status deployment/web --timeout=20s",
    ),
  },
});
