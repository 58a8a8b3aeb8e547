import { fault, must, probe, runbook, workload } from "../../harness/scenario/builders.ts";
import { defineScenario } from "../../harness/scenario/define.ts";

/** A GPU node dies while the LLM provider limits everybody: faults of a mock and of a machine in one schedule. */
export const combined = defineScenario(import.meta.url, {
  title: "A GPU node dies while the LLM provider is rate-limited",
  stack: "../../fixtures/stacks/endpoints",
  probes: {
    serving: probe.http("http://llm-gateway:8090/healthz", { every: "500ms" }),
    primary: probe.http("http://llm-gateway:8090/status", {
      every: "1s",
      json: { breaker: "closed", preferred: "primary" },
    }),
    gpus: probe.http("http://gpu-jobs:8091/status", { every: "1s", json: { gpus: { min: 2 } } }),
    jobs: probe.http("http://gpu-jobs:8091/status", { every: "1s", json: { gpus: { min: 1 } } }),
  },
  workload: {
    questions: workload.http("http://llm-gateway:8090/v1/chat/completions", {
      every: "200ms",
      body: { prompt: "Is the fleet in order?", cache: false },
      readBack: "http://llm-gateway:8090/ledger",
    }),
    jobs: workload.http("http://gpu-jobs:8091/jobs", {
      every: "700ms",
      readBack: "http://gpu-jobs:8091/jobs",
    }),
  },
  faults: [
    fault.mock("llm-primary", {
      id: "limited",
      fault: "rate.bucket",
      // So little that the gateway's two trials fail too; with more, single questions pass and the load does not.
      params: { rpm: 1 },
      duration: "60s",
    }),
    fault.nodeLoss("gpu-runner-1", { id: "node", after: "fault:limited", delay: "10s" }),
  ],
  runbook: runbook("runbooks/llm-overload.md", {
    startsOn: "primary",
    reaction: "5s",
    after: "fault:limited",
  }),
  criteria: {
    limited: must.detect("primary", { within: "15s", fault: "limited" }),
    lost: must.detect("gpus", { within: "10s", fault: "node" }),
    serving: must.recover("serving", { within: "10s", hold: "5s", fault: "limited" }),
    moved: must.stay("jobs", "oldestUnfinishedMs", { atMost: 20000 }),
    checkpoints: must.stay("jobs", "maxRepeatedSteps", { atMost: 2 }),
    questionsKept: must.keepAcknowledged("questions", { rpo: "0s" }),
    jobsKept: must.keepAcknowledged("jobs", { rpo: "0s" }),
  },
  baseline: "12s",
});
