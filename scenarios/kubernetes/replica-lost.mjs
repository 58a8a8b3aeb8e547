import { fault, must, probe, runbook, scenario } from "firedrill";

// Three copies on three nodes, and one node dies. Clients may notice for as long as Kubernetes sends them to the dead copy:
// until its node is given up (40 to 50 s) each third request hangs, and the client asks again. So the service counts as up
// while one of two questions a second is answered, and two copies must stay all the time.
export default await scenario(import.meta, {
  title: "A node under a service with three copies is lost; the other two carry it",
  stack: "../../fixtures/stacks/web",
  probes: {
    web: probe.http("http://web/", { every: "500ms", timeout: "1s" }),
    capacity: probe.http("http://cluster/pods?service=web", { every: "500ms", json: { ready: { min: 2 } } }),
    nodes: probe.http("http://cluster/nodes", { every: "1s", json: { ready: { min: 4 } } }),
  },
  faults: [fault.nodeLoss("agent-1")],
  runbook: runbook("runbooks/replica-lost.md", { startsOn: "nodes", reaction: "10s" }),
  criteria: {
    noticed: must.detect("nodes", { within: "10s" }),
    carried: must.continue("web", { maxGap: "8s" }),
    spare: must.continue("capacity", { maxGap: "3s" }),
    complete: must.recover("nodes", { within: "90s", hold: "10s" }),
  },
});
