import { fault, must, probe, runbook, scenario } from "firedrill";

// etcd of three members works with two. So one server may go at any time, and the next one only after the first is back:
// the second dies 75 s later for 20 s, and by then the runbook must be done. The balancer in front of the API
// needs a moment to notice that a server is gone (connect time-out 2 s), so calls may fail for some seconds each time.
export default await scenario(import.meta, {
  title: "One of three servers is lost; it is back before the next one goes",
  stack: "../../fixtures/stacks/web-ha",
  probes: {
    web: probe.http("http://web/", { every: "250ms" }),
    api: probe.http("http://cluster/api", { every: "1s", timeout: "5s" }),
    members: probe.http("http://cluster/nodes", { every: "1s", json: { ready: { min: 4 } } }),
  },
  faults: [
    fault.kill("server-1", { id: "first" }),
    fault.kill("server-2", { id: "second", after: "fault:first", delay: "75s", duration: "20s" }),
  ],
  runbook: runbook("runbooks/quorum.md", { after: "fault:first", startsOn: "members", reaction: "10s" }),
  criteria: {
    noticed: must.detect("members", { within: "10s", fault: "first" }),
    quorum: must.continue("api", { maxGap: "15s" }),
    untouched: must.continue("web", { maxGap: "2s" }),
    complete: must.recover("members", { within: "90s", hold: "10s", fault: "second" }),
  },
});
