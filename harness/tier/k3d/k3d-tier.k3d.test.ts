import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { leftovers } from "../compose/compose-tier.testkit.ts";
import { requireEngine } from "../compose/engine.ts";
import type { RunningStack } from "../tier.ts";
import { k3dBench, type K3dBench } from "./k3d-tier.testkit.ts";
import { k3dTier } from "./k3d-tier.ts";

const { docker } = await requireEngine();
const signal = new AbortController().signal;

const STACK = {
  "clusters.yaml": `
name: shop
clusters:
  main:
    agents: [{ pool: worker, gpus: 1 }]
    install: [{ manifests: ./web.yaml, namespace: shop }]
`,
  "web.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      nodeSelector: { firedrill.dev/pool: worker }
      containers:
        - name: web
          image: node:24
          imagePullPolicy: IfNotPresent
          command: [node, -e, "console.log('serving'); require('node:http').createServer((_, to) => to.end('hello')).listen(8080)"]
          resources: { limits: { nvidia.com/gpu: 1 } }
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`,
};

describe("a stack of manifests on a cluster", () => {
  let bench: K3dBench;
  let stack: RunningStack;
  beforeAll(async () => {
    bench = await k3dBench(STACK);
    stack = await bench.up();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  const shell = (script: string) => stack.runShell({ script, env: {}, timeoutMs: 30_000, signal });

  it("answers outsiders by the name of its Service, and for the clusters themselves", async () => {
    const ask = async (url: string) => (await stack.request({ method: "GET", url, timeoutMs: 10_000 })).body;
    expect(await ask("http://web/")).toBe("hello");
    expect(JSON.parse(await ask("http://cluster/nodes"))).toMatchObject({ ready: 2, total: 2 });
  });

  it("tells what it runs instead of what was asked for", () => {
    const images = bench.events.filter(({ kind }) => kind === "run.image");
    expect(images.map((event) => "image" in event && event.image)).toContain("node:24");
  });

  it("gives operators kubectl and the addresses, and a kubeconfig of its own", async () => {
    const { output, exitCode } = await shell(
      'kubectl get deploy web -o name; curl -fsS "$WEB_URL"; echo; echo "$CLUSTER_MAIN $KUBECONFIG"; basename "$PWD"',
    );
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /^deployment\.apps\/web\nhello\nfd-[0-9a-f]{8}-t0-main \S+\/kubeconfig\.t0\nstack\n$/,
    );
  });

  it("knows states, logs and what it is made of", async () => {
    expect(await stack.state("web")).toMatchObject({ state: "running" });
    expect(await stack.logs("web")).toContain("serving");
    expect(Object.keys(await stack.fingerprint()).join("\n")).toMatch(/namespace shop$/m);
    expect(await stack.outsideAttempts()).toMatchObject({ attempts: 0 });
  });

  it("goes without a trace, its private files too", async () => {
    await stack[Symbol.asyncDispose]();
    expect(await leftovers(docker, bench.runId)).toEqual([]);
    await expect(access(join(bench.folder, "kubeconfig.t0"))).rejects.toThrow("ENOENT");
    expect(await readdir(bench.folder)).not.toContain("tools.t0");
  });
});

describe("an interruption while a stack comes up", () => {
  it("leaves nothing and says what it is", async () => {
    await using bench = await k3dBench(STACK);
    const stop = new AbortController();
    const coming = bench.up({ signal: stop.signal });
    const failure = coming.then(
      () => null,
      (error: unknown) => error,
    );
    await expect.poll(() => leftovers(docker, bench.runId), { timeout: 120_000 }).not.toEqual([]);
    stop.abort();
    expect(await failure).toMatchObject({ code: "RUN_INTERRUPTED" });
    expect(await leftovers(docker, bench.runId)).toEqual([]);
    expect((await k3dTier.standing()).map(({ runId }) => runId)).not.toContain(bench.runId);
  });
});
