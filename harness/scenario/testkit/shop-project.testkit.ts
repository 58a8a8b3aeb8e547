import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const HARNESS = join(import.meta.dirname, "..", "..", "index.ts");
export const CLI = join(import.meta.dirname, "..", "..", "cli", "main.ts");

const COMPOSE = `
services:
  shop:
    image: node:24
    command: ["node", "-e", "require('http').createServer((q, s) => s.end('ok')).listen(8080)"]
    restart: "no"
    expose: [8080]
    volumes: ["orders:/orders"]
volumes:
  orders: {}
`;

const CLUSTERS = `
clusters:
  main:
    servers: 1
    agents: [{ pool: shops, count: 1 }]
    install: [{ manifests: ./manifests }]
`;

const MANIFESTS = `
apiVersion: v1
kind: Service
metadata: { name: shop }
spec:
  selector: { app: shop }
  ports: [{ port: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: shop
          image: node:24
          imagePullPolicy: IfNotPresent
          command: ["node", "-e", "require('http').createServer((q, s) => s.end('ok')).listen(8080)"]
          readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 }
`;

const RUNBOOK = `
# Bring the shop back
<!-- step id=start timeout=30s tier=compose -->
\`\`\`bash
docker compose start shop
\`\`\`
<!-- expect probe=up within=30s hold=1s -->
<!-- step id=start timeout=30s tier=k3d -->
\`\`\`bash
kubectl scale deployment/shop --replicas=1
\`\`\`
<!-- expect probe=up within=30s hold=1s -->
`;

const SCENARIO = `
import { fault, must, probe, runbook, scenario } from ${JSON.stringify(HARNESS)};
export default await scenario(import.meta, {
  title: "The shop loses its network, then its life",
  stack: "compose.yaml",
  probes: { up: probe.http("http://shop:8080/health", { every: "250ms", timeout: "1s" }) },
  faults: [
    fault.partition("shop", { id: "cut", duration: "2s" }),
    fault.kill("shop", { id: "kill", after: "fault:cut", delay: "4s" }),
  ],
  runbook: runbook("runbook.md", { startsOn: "up", reaction: "500ms" }),
  criteria: { back: must.recover("up", { within: "60s", hold: "1s" }) },
  baseline: "1s",
  settle: "1s",
});
`;

/** A small scenario on real containers, in a folder of its own as a person would have it. */
export function shopProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-safety-"));
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "shop.mjs"), SCENARIO);
  writeFileSync(join(folder, "compose.yaml"), COMPOSE);
  writeFileSync(join(folder, "clusters.yaml"), CLUSTERS);
  mkdirSync(join(folder, "manifests"));
  writeFileSync(join(folder, "manifests", "shop.yaml"), MANIFESTS);
  writeFileSync(join(folder, "runbook.md"), RUNBOOK);
  return folder;
}

/** The folder of the only run, once there is one. */
export function onlyRun(folder: string): string | null {
  try {
    const runs = join(folder, "reports", "runs");
    const name = readdirSync(runs).find((it) => it !== "latest");
    return name === undefined ? null : join(runs, name);
  } catch {
    return null;
  }
}

/** The events recorded so far, as text: a run may be writing them at this moment. */
export function recorded(folder: string): string {
  try {
    return readFileSync(join(onlyRun(folder) ?? "", "events.jsonl"), "utf8");
  } catch {
    return "";
  }
}
