import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EventBody } from "../events/vocabulary.ts";
import { mockSeeds } from "../stack/mock-seeds.ts";
import { k3dBench } from "../tier/k3d/k3d-tier.testkit.ts";
import { keepMockJournals } from "./mock-journals.ts";

/** A chart with a mock in it, as a user writes it. */
const STACK = {
  "clusters.yaml": `
clusters:
  main: { agents: [{ pool: work }], install: [{ chart: ./chart }] }
`,
  "chart/Chart.yaml": "apiVersion: v2\nname: mocks\nversion: 1.0.0\n",
  "chart/templates/llm.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: { name: llm, annotations: { firedrill.dev/mock: llm } }
spec:
  selector: { matchLabels: { app: llm } }
  template:
    metadata: { labels: { app: llm } }
    spec:
      containers:
        - name: llm
          image: firedrill.local/mocks
          imagePullPolicy: IfNotPresent
          args: [llm]
          env:
            - { name: MOCK_SEED, value: {{ dig "firedrill" "mockSeeds" "llm" "" (.Values.global | default dict) | quote }} }
          readinessProbe: { httpGet: { path: /health, port: 8499 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: llm }
spec: { selector: { app: llm }, ports: [{ name: api, port: 8400 }, { name: control, port: 8499 }] }
`,
};

test("a mock in a chart gets its seed from the trial's, takes faults, and leaves its journal", async () => {
  await using bench = await k3dBench(STACK);
  await using stack = await bench.up({ seed: 7 });
  expect(stack.spec.services["llm"]).toMatchObject({ mock: "llm", ports: [8400, 8499] });
  const request = async (method: "GET" | "POST", url: string, body = "") => {
    const headers = { authorization: "Bearer key", "content-type": "application/json" };
    return (await stack.request({ method, url, headers, body, timeoutMs: 10_000 })).body;
  };
  const seed = Number(mockSeeds(stack.spec, 7).get("llm"));
  expect(JSON.parse(await request("GET", "http://llm:8499/state"))).toMatchObject({ name: "llm", seed });

  const params = { fault: "html502" };
  const fault = { id: "bad", kind: "mock", targets: ["llm"], peers: [], params, ttlMs: 60_000 } as const;
  const prepared = await stack.injectors.mock!.prepare(fault);
  await prepared.apply();
  expect(await prepared.confirm()).toMatchObject({ confirmed: true });
  const question = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hello" }] });
  expect(await request("POST", "http://llm:8400/v1/chat/completions", question)).toContain("<html>");
  for (const action of prepared.undo) {
    await stack.undo(action);
    expect(await stack.audit(action)).toMatchObject({ clean: true });
  }

  const events: EventBody[] = [];
  await keepMockJournals(stack, bench.folder, 1, (event) => void events.push(event));
  expect(events).toMatchObject([{ kind: "mock.journal", service: "llm", missing: null }]);
  const journal = readFileSync(join(bench.folder, "evidence/trial-1/mocks/llm.jsonl"), "utf8");
  expect(journal).toContain('"kind":"fault.deleted"');
});
