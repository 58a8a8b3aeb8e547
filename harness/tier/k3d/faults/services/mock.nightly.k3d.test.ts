import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../../compose/faults/faults.testkit.ts";
import { TEST_IMAGE, type TestCluster, testCluster } from "../../test-cluster.testkit.ts";
import { inject } from "../fault-bench.testkit.ts";
import { BOUNDARIES, killedAndCleanedUp } from "../killed-run.testkit.ts";

const IMAGE = "firedrill.local/mocks";
const IDLE = `process.on("SIGTERM", () => process.exit(0)); setInterval(() => undefined, 1e6);`;

const deployment = (name: string, container: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: ${name}, imagePullPolicy: IfNotPresent, ${container}}]`;

const MANIFESTS = [
  deployment(
    "llm",
    `image: ${IMAGE}, args: [llm], readinessProbe: {httpGet: {path: /health, port: 8499}, periodSeconds: 1}`,
  ),
  deployment("client", `image: ${TEST_IMAGE}, command: [node, -e, ${JSON.stringify(IDLE)}]`),
  `
apiVersion: v1
kind: Service
metadata: {name: llm}
spec: {selector: {app: llm}, ports: [{name: api, port: 8400}]}`,
].join("\n---");

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster("mock", {
    agents: [{ pool: "worker" }],
    images: [IMAGE],
    manifests: MANIFESTS,
    workloads: [
      { kind: "Deployment", name: "llm" },
      { kind: "Deployment", name: "client" },
    ],
  });
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

/** 429 for everybody. */
const LIMIT = { fault: "error", params: { name: "rate_requests" } } as const;
const ASK = `
const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hello" }] });
const headers = { authorization: "Bearer a", "content-type": "application/json" };
fetch("http://llm:8400/v1/chat/completions", { method: "POST", headers, body })
  .then((answer) => console.log(answer.status), (error) => console.log(error.cause.code));`;
const status = async () =>
  (await cluster.kubectl("exec", "-n", "test", "deployment/client", "--", "node", "-e", ASK)).trim();

test("a pod in the cluster gets 429 until the fault is undone, though its Service shows no control port", async () => {
  expect(await status()).toBe("200");
  const { prepared, evidence, putBack } = await inject(cluster, "mock", "llm", { params: LIMIT });
  expect(evidence).toMatch(/^llm-\S+: error stands in the mock: 0 hits so far$/);
  expect(await status()).toBe("429");
  expect(await prepared.tally?.()).toEqual({ what: "error on llm", hits: 1, looks: 0 });
  expect(await putBack()).toContain("fault mock-llm is gone from the pod");
  expect(await status()).toBe("200");
});

test("a pod that came later has not got it, and one that is gone needs nothing put back", async () => {
  const { prepared, putBack } = await inject(cluster, "mock", "llm", { params: LIMIT });
  await cluster.kubectl("rollout", "restart", "-n", "test", "deployment/llm");
  await cluster.kubectl("rollout", "status", "-n", "test", "deployment/llm", "--timeout=120s");
  await until(async () => {
    const { confirmed, evidence } = await prepared.confirm();
    return confirmed ? new Error(evidence) : evidence;
  });
  await putBack();
  expect(await status()).toBe("200");
});

test.each(BOUNDARIES)(
  "killed right after %s, the clean-up takes the fault out of the pod",
  async (boundary) => {
    const result = await killedAndCleanedUp(cluster, "mock", "llm", boundary, { params: LIMIT });
    expect(result).toMatchObject({ undone: 1, failures: [], left: [] });
    expect(result.audits.filter(({ clean }) => !clean)).toEqual([]);
    expect(await status()).toBe("200");
  },
);
