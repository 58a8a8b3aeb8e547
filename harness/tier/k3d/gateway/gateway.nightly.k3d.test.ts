import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureToolbox } from "../../../stack/images/index.ts";
import type { RequestError } from "../../../service/http.ts";
import { systemClock } from "../../../time/system-clock.ts";
import { openTunnel } from "../../compose/gateway/tunnel.ts";
import { readCounters } from "../../compose/gateway/counters.ts";
import { exchange } from "../../compose/http-exchange.ts";
import { testCluster, type TestCluster } from "../test-cluster.testkit.ts";
import { pointDnsAtSink } from "./dns-sink.ts";
import { followRoutes, type RouteFollower } from "./follow-routes.ts";
import { startK3dGateway, type K3dGateway } from "./start-k3d-gateway.ts";

const clock = systemClock();
const signal = new AbortController().signal;

const SERVE = `require("http").createServer((_, r) => r.end(process.env.HOSTNAME)).listen(8080)`;
/** A Deployment of one pod on one node, and a Service in front of port `target`. */
const onNode = (name: string, role: string, target = 8080, clusterIp = "") => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      nodeSelector: { ${role} }
      terminationGracePeriodSeconds: 0
      # A pod must not be moved away while its neighbour's node is frozen.
      tolerations: [{ operator: Exists }]
      containers:
        - { name: main, image: "node:24", imagePullPolicy: IfNotPresent, command: [node, -e, '${SERVE}'] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ${clusterIp} selector: { app: ${name} }, ports: [{ port: 8080, targetPort: ${target} }] }
`;
const SERVER = "node-role.kubernetes.io/control-plane: 'true'";
const AGENT = "firedrill.dev/pool: worker";
const NAMES = ["on-server", "on-agent", "closed", "headless", "nobody"];

let cluster: TestCluster;
let gateway: K3dGateway;
let follower: RouteFollower;

beforeAll(async () => {
  const manifests = [
    onNode("on-server", SERVER),
    onNode("on-agent", AGENT),
    onNode("closed", AGENT, 81),
    onNode("headless", AGENT, 8080, "clusterIP: None,"),
    onNode("nobody", AGENT).replace("spec:", "spec:\n  replicas: 0"),
  ];
  cluster = await testCluster("d", {
    agents: [{ pool: "worker" }],
    manifests: manifests.join("---"),
    workloads: NAMES.map((name) => ({ kind: "Deployment", name })),
  });
  const { docker, clusters, spec, labels, trial } = cluster;
  const image = await ensureToolbox(docker, { signal });
  const network = trial.network.name;
  const services = Object.values(spec.services);
  const plan = { project: network, labels, image, networks: [network], services };
  gateway = await startK3dGateway(docker, plan, clock, signal);
  follower = await followRoutes({
    docker,
    clusters,
    network,
    services,
    toolbox: { docker, image, labels },
    inner: ["10.42.0.0/16", "10.43.0.0/16", trial.network.subnet],
    setRoutes: gateway.setRoutes,
    clock,
    onNewNode: async () => {},
  });
});

afterAll(async () => {
  await follower?.stop();
  await cluster?.[Symbol.asyncDispose]();
});

/** The answer's beginning, or why there was none. */
async function ask(service: string, timeoutMs = 4_000): Promise<string> {
  try {
    const request = { method: "GET", url: `http://${service}:8080/`, timeoutMs } as const;
    const { body } = await exchange(request, (name, port, aborted) =>
      openTunnel(gateway.controlPort, name, port, aborted),
    );
    return body.replace(/-[^-]+-[^-]+$/, "");
  } catch (error) {
    return (error as RequestError).failure;
  }
}

async function askOften(service: string): Promise<string[]> {
  const answers: string[] = [];
  for (let count = 0; count < 6; count++) answers.push(await ask(service));
  return [...new Set(answers)];
}

const containerOf = (place: string) =>
  cluster.docker.getContainer(cluster.nodes.find((node) => node.place === place)?.name ?? "");

describe("way in", () => {
  it("reaches services through every node, and pods of a headless one", async () => {
    for (const name of ["on-server", "on-agent", "headless"]) expect(await askOften(name)).toEqual([name]);
    const forward = gateway.forwards.get("on-agent:8080");
    expect(await (await fetch(`http://127.0.0.1:${forward}/`)).text()).toContain("on-agent");
  });

  it("passes on every refusal at once, of a closed port and of a Service without pods", async () => {
    expect(await askOften("closed")).toEqual(["refused"]);
    expect(await askOften("nobody")).toEqual(["refused"]);
  });

  it("follows Services that go and come", async () => {
    const was = await cluster.kubectl(
      "get",
      "service",
      "-n",
      "test",
      "on-agent",
      "-o",
      "jsonpath={.spec.clusterIP}",
    );
    await cluster.kubectl("delete", "service", "-n", "test", "on-agent");
    await expect.poll(() => ask("on-agent"), { timeout: 20_000 }).toBe("unresolved");
    await cluster.kubectl("expose", "deployment/on-agent", "-n", "test", "--port=8080");
    // Each node's kube-proxy learns it in its own time.
    await expect.poll(() => askOften("on-agent"), { timeout: 30_000 }).toEqual(["on-agent"]);
    const now = await cluster.kubectl(
      "get",
      "service",
      "-n",
      "test",
      "on-agent",
      "-o",
      "jsonpath={.spec.clusterIP}",
    );
    expect(now).not.toBe(was);
  });

  it.each([
    ["agent-0", "on-server", "on-agent"],
    ["server-0", "on-agent", "on-server"],
  ])("does without %s while it is frozen", async (frozen, living, dead) => {
    await containerOf(frozen).pause();
    try {
      expect(await askOften(living)).toEqual([living]);
      // Its kernel takes connections for a frozen pod, which never answers.
      expect(await ask(dead, 2_000)).toBe("timeout");
    } finally {
      await containerOf(frozen).unpause();
    }
    await expect.poll(() => ask(dead), { timeout: 30_000 }).toBe(dead);
  });

  it("does without a dead node, and watches it again when it is back", async () => {
    await containerOf("agent-0").kill();
    expect(await askOften("on-server")).toEqual(["on-server"]);
    await containerOf("agent-0").start();
    await expect.poll(() => ask("on-agent"), { timeout: 90_000 }).toBe("on-agent");
    await expect
      .poll(async () => (await follower.countOutside()).detail, { timeout: 30_000 })
      .not.toContain("not watched");
  });
});

describe("way out", () => {
  const connect = (address: string) =>
    `require("net").connect(80, "${address}").on("error", (e) => console.log(e.code)).setTimeout(9000, () => process.exit(1))`;
  const inPod = async (script: string) =>
    (await cluster.kubectl("exec", "-n", "test", "deployment/on-agent", "--", "node", "-e", script)).trim();

  it("refuses and counts what a pod sends outside, and names where to", async () => {
    const before = await follower.countOutside();
    expect(await inPod(connect("198.51.100.7"))).toBe("ENETUNREACH");
    const after = await follower.countOutside();
    expect(after.attempts - before.attempts).toBe(1);
    expect(after.detail).toMatch(/agent-0: \d+ refused \(to .*198\.51\.100\.7/);
  });

  it("lets pods reach each other", async () => {
    const before = await follower.countOutside();
    expect(await inPod(`fetch("http://on-server:8080/").then((r) => console.log(r.status))`)).toBe("200");
    expect((await follower.countOutside()).attempts).toBe(before.attempts);
  });

  it("counts outside names that a pod asks for", async () => {
    const [main] = cluster.clusters;
    if (!main) throw new Error("no cluster");
    const own = gateway.addresses.get(cluster.trial.network.name) ?? "";
    await pointDnsAtSink(main, own, clock, signal);
    const lookup = `require("dns").lookup("api.example.com", (e, a) => console.log(e?.code ?? a))`;
    await expect.poll(() => inPod(lookup), { timeout: 30_000 }).toBe(own);
    expect((await readCounters(gateway)).names["api.example.com"]).toBeGreaterThan(0);
  });
});
