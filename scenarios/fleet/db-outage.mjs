import { fault, must, probe, runbook, scenario, workload } from "firedrill";

// A dump is made every 5 s and takes a moment, so the newest one is 5 to 7 s old when the data goes: RPO 10 s.
// RTO: the operator reacts after 10 s, the server starts in about 5, the restore takes about 2, lease and balancer
// checks 3 to 8 more: half a minute, and the limit is twice that.
export default await scenario(import.meta, {
  title: "Postgres dies and its data is lost; the newest backup brings the fleet back",
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
  faults: [
    fault.dbOutage("database", { id: "outage" }),
    fault.dataLoss("database", { id: "loss", after: "fault:outage", delay: "2s" }),
  ],
  runbook: runbook("runbooks/db-outage.md", { startsOn: "api", reaction: "10s" }),
  baseline: "12s", // two dumps are made while tasks come in
  criteria: {
    noticed: must.detect("api", { within: "10s", fault: "outage" }),
    rto: must.recover("api", { within: "60s", hold: "5s" }),
    whole: must.recover("workers", { within: "75s", hold: "5s" }),
    rpo: must.keepAcknowledged("tasks", { rpo: "10s" }),
    unique: must.haveUniqueIds("tasks"),
    oneWriter: must.haveOneLeader("tasks"),
  },
});
