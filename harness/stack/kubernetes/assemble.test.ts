import { describe, expect, it } from "vitest";
import type { DynamicRole } from "../spec.ts";
import { readYaml } from "../yaml-source.ts";
import { assembleStack } from "./assemble.ts";
import { chartCluster, clusterSize } from "./cluster-fields.ts";
import { parseObjects } from "./objects.ts";

/** A stack of clusters by name, each with the YAML that is installed there and perhaps its shape. */
function assemble(
  clusters: Record<string, string | { readonly yaml: string; readonly agents: unknown[] }>,
  roles: Record<string, DynamicRole> = {},
) {
  const { root } = readYaml("roles: {}", "/s/clusters.yaml", "YAML");
  return assembleStack({
    name: "shop",
    file: "/s/clusters.yaml",
    clusters: Object.entries(clusters).map(([name, given]) => {
      const { yaml, agents } = typeof given === "string" ? { yaml: given, agents: [] } : given;
      const release = { kind: "manifests", name: "app", namespace: "shop", files: ["/s/app.yaml"] } as const;
      const objects = parseObjects(yaml, { file: "/s/app.yaml", namespace: "shop" });
      return {
        size: clusterSize(name, chartCluster.parse({ agents })),
        releases: [{ release, objects }],
      };
    }),
    roles,
    spot: root,
    rolesSpot: root.at("roles"),
  });
}

const workload = (
  name: string,
  { kind = "Deployment", more = "", annotations = "", container = "" } = {},
) => `---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, annotations: { ${annotations} } }
spec:
  ${more}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, tier: all } }
    spec: { containers: [{ name: main, image: "app:1", ${container} }] }
`;
const service = (name: string, selector: string, more = "ports: [{ port: 80 }]") => `---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { ${selector} }, ${more} }
`;
const refusal = (message: RegExp) =>
  expect.objectContaining({ code: "USAGE_STACK", message: expect.stringMatching(message) });

describe("services", () => {
  it("knows a mock by its annotation, and refuses one that there is not", () => {
    const mock = (name: string) =>
      assemble({ main: workload("llm", { annotations: `firedrill.dev/mock: ${name}` }) });
    expect(mock("llm").services["llm"]).toMatchObject({ mock: "llm" });
    expect(() => mock("lmm")).toThrow(
      expect.objectContaining({
        code: "USAGE_STACK",
        received: "firedrill.dev/mock: lmm",
        hint: "did you mean llm?",
      }),
    );
  });

  it("reads what a StatefulSet runs, of its default container", () => {
    const spec = assemble({
      main: `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, annotations: { firedrill.dev/role: database } }
spec:
  replicas: 2
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db, v: "1" }, annotations: { kubectl.kubernetes.io/default-container: pg } }
    spec:
      initContainers: [{ name: init, image: "tools:2" }]
      containers:
        - { name: sidecar, image: "side:3" }
        - name: pg
          image: postgres:15
          env: [{ name: A, value: "1" }, { name: B, valueFrom: { fieldRef: { fieldPath: x } } }]
          resources: { limits: { memory: 256Mi } }
          volumeMounts: [{ name: data, mountPath: /data }, { name: shared, mountPath: /shared }, { name: tmp, mountPath: /tmp }]
      volumes: [{ name: shared, persistentVolumeClaim: { claimName: files } }, { name: tmp, emptyDir: {} }]
  volumeClaimTemplates: [{ metadata: { name: data } }]
${service("db-headless", "app: db", "clusterIP: None, ports: [{ port: 1 }]")}
${service("db", "app: db", "ports: [{ port: 5432 }, { port: 53, protocol: UDP }]")}
`,
    });
    expect(spec.services).toEqual({
      db: {
        name: "db",
        image: "postgres:15",
        environment: { A: "1" },
        dependsOn: [],
        ports: [5432],
        restart: "always",
        memoryLimitBytes: 256 * 2 ** 20,
        volumes: { "data-db-0": "/data", files: "/shared" },
        role: "database",
        node: "db",
        model: null,
        mock: null,
        workload: {
          cluster: "main",
          namespace: "shop",
          kind: "StatefulSet",
          name: "db",
          selector: { app: "db" },
          replicas: 2,
          service: "db",
        },
      },
    });
    expect(spec.kubernetes?.clusters[0]?.images).toEqual(["postgres:15", "side:3", "tools:2"]);
    expect(Object.isFrozen(spec.services["db"]?.workload?.selector)).toBe(true);
  });

  it("is named after its only Service, after itself when there are several or none", () => {
    const spec = assemble({
      main: [
        workload("web-deployment"),
        service("web", "app: web-deployment"),
        workload("api"),
        service("a-public", "app: api", "type: LoadBalancer, ports: [{ port: 443 }]"),
        service("api", "app: api", "ports: [{ port: 8080 }, { port: 80 }]"),
        workload("two"),
        service("two-b", "app: two", "ports: [{ port: 2 }]"),
        service("two-a", "app: two", "ports: [{ port: 1 }]"),
        workload("quiet", { kind: "DaemonSet" }),
        service("everyone", "tier: all"),
        service("elsewhere", "", "type: ExternalName, externalName: example.org"),
      ].join(""),
    });
    const seen = Object.values(spec.services).map(({ name, role, ports, workload: ref }) => [
      name,
      role,
      ports,
      ref?.service,
      ref?.replicas,
    ]);
    expect(seen).toEqual([
      ["web", "web", [80], "web", 1],
      ["api", "api", [80, 8080], "api", 1],
      ["two", "two", [1], "two-a", 1],
      ["quiet", "quiet", [], null, 0],
    ]);
  });

  it("takes bare Pods with their restart policy, and leaves Helm's hooks and Jobs to their images", () => {
    const pod = (name: string, metadata: string, policy: string) =>
      `---\n{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, ${metadata} }, spec: { restartPolicy: ${policy}, containers: [{ name: a, image: "${name}:1" }] } }\n`;
    const spec = assemble({
      main:
        pod("one", "labels: { app: one }", "OnFailure") +
        pod("hook", 'annotations: { helm.sh/hook: "pre-install" }', "Never") +
        `---\n{ apiVersion: batch/v1, kind: CronJob, metadata: { name: nightly }, spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: a, image: "job:1" }] } } } } } }\n`,
    });
    expect(Object.keys(spec.services)).toEqual(["one"]);
    expect(spec.services["one"]).toMatchObject({
      restart: "on-failure",
      workload: { kind: "Pod", replicas: 1 },
    });
    expect(spec.kubernetes?.clusters[0]?.images).toEqual(["hook:1", "job:1", "one:1"]);
  });

  it("of several clusters carry the cluster's name, and share their role", () => {
    const spec = assemble({ hub: workload("web"), "gpu-a": workload("miner"), "gpu-b": workload("miner") });
    expect(Object.values(spec.services).map(({ name, role }) => [name, role])).toEqual([
      ["web.hub", "web"],
      ["miner.gpu-a", "miner"],
      ["miner.gpu-b", "miner"],
    ]);
    expect(spec.services["miner.gpu-b"]?.workload).toMatchObject({ cluster: "gpu-b", name: "miner" });
  });

  it.each([
    ["nothing runs", "", /nothing runs in this stack/],
    [
      "two of one name",
      workload("a") + workload("b") + service("a", "app: b"),
      /Deployment "b": there is already a service "a"/,
    ],
    [
      "an image that is always pulled",
      workload("a", { container: "imagePullPolicy: Always" }),
      /"a": container "main" pulls/,
    ],
    [
      "a policy that is implied by no tag",
      workload("a").replace('"app:1"', '"host:5000/app"'),
      /pulls its image/,
    ],
    ["a policy that is implied by latest", workload("a").replace("app:1", "app:latest"), /pulls its image/],
    [
      "no labels to select by",
      workload("a").replace("matchLabels: { app: a }", ""),
      /nothing tells its pods from others/,
    ],
    [
      "a selector by expressions",
      workload("a").replace("matchLabels", "matchExpressions: [{}], matchLabels"),
      /matchExpressions/,
    ],
    [
      "a selector that misses its pods",
      workload("a").replace("labels: { app: a", "labels: { app: b"),
      /does not match its own pods/,
    ],
    ["a pod without containers", workload("a").replace(/containers: .*]/, ""), /template\.spec\.containers/],
  ])("refuses %s", (_what, yaml, message) => {
    expect(() => assemble({ main: yaml })).toThrow(refusal(message));
  });

  it("images with a digest or a fixed tag need no pull policy, and IfNotPresent makes any tag fit", () => {
    const yaml =
      workload("a").replace("app:1", `app@sha256:${"0".repeat(64)}`) +
      workload("b", { container: "imagePullPolicy: IfNotPresent" }).replace("app:1", "app");
    expect(assemble({ main: yaml }).kubernetes?.clusters[0]?.images).toHaveLength(2);
  });
});

describe("words", () => {
  const agents = [{ pool: "platform", count: 2 }, { pool: "compute" }];
  const leader = { among: "web", port: 80, path: "/", where: { leader: true } };

  it("names every node and cluster, with server or agent and its pool", () => {
    const { places } = assemble({ main: { yaml: workload("web"), agents } });
    expect(Object.values(places).map(({ name, kind, roles }) => [name, kind, roles.join()])).toEqual([
      ["server-0", "node", "server"],
      ["agent-0", "node", "agent,platform"],
      ["agent-1", "node", "agent,platform"],
      ["agent-2", "node", "agent,compute"],
      ["main", "cluster", "cluster"],
    ]);
  });

  it("says the cluster of each node when there are several", () => {
    const { places } = assemble({ a: { yaml: workload("web"), agents: [{}] }, b: workload("web") });
    expect(Object.keys(places)).toEqual(["server-0.a", "agent-0.a", "a", "server-0.b", "b"]);
    expect(places["agent-0.a"]).toMatchObject({ cluster: "a", roles: ["agent"] });
  });

  it.each([
    ["a pool that is a service", workload("platform"), {}, /"platform" has two meanings/],
    [
      "a pool that is a role",
      workload("web", { annotations: "firedrill.dev/role: compute" }),
      {},
      /"compute" has two meanings/,
    ],
    ["a cluster that is a service", workload("main"), {}, /"main" has two meanings/],
    ["a service called agent-0", workload("agent-0"), {}, /"agent-0" has two meanings/],
    ["a dynamic role called agent", workload("web"), { agent: leader }, /"agent" has two meanings/],
    ["a dynamic role that is a service", workload("web"), { web: leader }, /"web" is already a service/],
    [
      "a dynamic role among nobody",
      workload("web"),
      { leader: { ...leader, among: "wep" } },
      /no service has the role "wep"/,
    ],
    [
      "a service named like the role of another",
      workload("web", { annotations: "firedrill.dev/role: site" }) +
        workload("api", { annotations: "firedrill.dev/role: web" }),
      {},
      /Deployment "web": "web" is a service and also the role of another/,
    ],
  ])("refuses %s", (_what, yaml, roles, message) => {
    expect(() => assemble({ main: { yaml, agents } }, roles)).toThrow(refusal(message));
  });

  it("refuses a pool that is named like a cluster", () => {
    const both = { a: { yaml: workload("web"), agents: [{ pool: "b" }] }, b: workload("web") };
    expect(() => assemble(both)).toThrow(refusal(/"b" is a pool and also a cluster/));
  });
});
