import { fault, must, probe, runbook, scenario, workload } from "firedrill";

// The provider refuses seven of ten requests and takes 5 s for the rest, for 75 s. The breaker opens after five failures;
// a request of these waits 1.5 s, so about 3 s after the fault. The fallback then answers 100 requests (20 s) unasked: the
// operator comes after 5 s. Once the provider is well, two trials close the breaker within 7 s.
export default await scenario(import.meta, {
  title:
    "The LLM provider is overloaded; the fallback answers, and the provider is taken back when it is well",
  stack: "../../fixtures/stacks/endpoints",
  probes: {
    serving: probe.http("http://llm-gateway:8090/healthz", { every: "500ms" }),
    primary: probe.http("http://llm-gateway:8090/status", {
      every: "1s",
      json: { breaker: "closed", preferred: "primary" },
    }),
  },
  workload: {
    questions: workload.http("http://llm-gateway:8090/v1/chat/completions", {
      every: "200ms",
      body: { prompt: "Is the fleet in order?", cache: false },
      readBack: "http://llm-gateway:8090/ledger",
    }),
  },
  faults: [
    fault.mock("llm-primary", {
      id: "refuses",
      fault: "overload.http",
      when: { probability: 0.7 },
      duration: "75s",
    }),
    fault.mock("llm-primary", { id: "slow", fault: "ttft", params: { mean: 5000 }, duration: "75s" }),
  ],
  runbook: runbook("runbooks/llm-overload.md", { startsOn: "primary", reaction: "5s" }),
  criteria: {
    noticed: must.detect("primary", { within: "10s" }),
    serving: must.recover("serving", { within: "10s", hold: "5s" }),
    back: must.recover("primary", { within: "120s", hold: "10s" }),
    gap: must.continue("questions", { maxGap: "5s" }),
    latency: must.stay("questions", "latencyMs", { atMost: 2500, quantile: 0.95, sustainedFor: "5s" }),
    retries: must.stay("primary", "retryRate", { atMost: 0.3 }),
    kept: must.keepAcknowledged("questions", { rpo: "0s" }),
    unique: must.haveUniqueIds("questions"),
  },
});
