import { describe, expect, it } from "vitest";
import { nameFromFolder, parseClustersFile } from "./clusters-file.ts";

const parse = (text: string) => parseClustersFile(text, "/stacks/My Shop/clusters.yaml");

describe("parseClustersFile", () => {
  it("reads sizes, agents one by one, and what is installed", () => {
    const { name, clusters, roles } = parse(`
clusters:
  main:
    servers: 3
    agents:
      - { pool: platform, count: 2 }
      - { pool: compute, gpus: 1, labels: { zone: a } }
    agentMemory: 1Gi
    agentDisk: 2Gi
    install:
      - { chart: ./chart, values: [./small.yaml], namespace: shop, name: shop }
      - manifests: ./more
roles:
  leader: { among: control, port: 80, path: /leader, where: { leader: true } }
`);
    expect(name).toBe("my-shop");
    expect(clusters.map(({ size }) => size)).toEqual([
      {
        name: "main",
        servers: 3,
        agents: [
          { pool: "platform", gpus: 0, labels: {} },
          { pool: "platform", gpus: 0, labels: {} },
          { pool: "compute", gpus: 1, labels: { zone: "a" } },
        ],
        agentMemoryBytes: 2 ** 30,
        agentDiskBytes: 2 ** 31,
      },
    ]);
    expect(clusters[0]?.install).toMatchObject([
      { chart: "./chart", values: ["./small.yaml"], namespace: "shop", name: "shop" },
      { manifests: "./more" },
    ]);
    expect(roles["leader"]).toMatchObject({ among: "control", port: 80 });
  });

  it("has one server and two agents where nothing is said", () => {
    const agent = { pool: "agent", gpus: 0, labels: {} };
    const size = { servers: 1, agents: [agent, agent], agentMemoryBytes: null, agentDiskBytes: null };
    const { clusters } = parse("clusters: { a: , b: {} }");
    expect(clusters.map((cluster) => cluster.size)).toEqual([
      { name: "a", ...size },
      { name: "b", ...size },
    ]);
  });

  it.each([
    ["clusters: { main: { servers: 2 } }", /1:21: clusters\.main\.servers is not right/, /1, or 3/],
    [
      "clusters:\n  main:\n    agent: []",
      /3:5: clusters\.yaml has no field "agent"/,
      /servers, agents.*install/,
    ],
    ["clusters: { main: { agents: [{ pol: x }] } }", /no field "pol"/, /pool, count, gpus, labels/],
    ["clusters: { main: { agents: [{ pool: server }] } }", /agents\.0\.pool/, /no word that means/],
    [
      "clusters: { main: { agents: [{ count: 15 }, { count: 6 }] } }",
      /main\.agents is not right/,
      /at most 20/,
    ],
    ["clusters: { main: { agents: [{ labels: { a: 1 } }] } }", /labels\.a is not right/, /quotes/],
    ["clusters: { main: { agentMemory: lots } }", /agentMemory is not right/, /"1Gi"/],
    ["clusters: { main: { install: [./chart] } }", /install\.0 is not right/, /chart: FOLDER/],
    ["clusters: { main: { install: [{ chart: a, manifests: b }] } }", /install\.0 is not right/, /chart/],
    ["clusters: { agent-1: {} }", /clusters\.agent-1/, /.*/],
    ["clusters: { a-name-that-is-too-long: {} }", /a-name-that-is-too-long/, /.*/],
    ["clusters: {}", /clusters is not right/, /at least one/],
    ["name: Shop\nclusters: { a: {} }", /1:1: name is not right/, /small letters/],
    ["", /clusters is not right/, /.*/],
    ["clusters: [", /clusters\.yaml:1:/, /description of clusters/],
    [
      "clusters: { a: {} }\nroles: { leader: { among: x, port: 80, path: y, where: {} } }",
      /roles\.leader\.path/,
      /start/,
    ],
  ])("refuses %j with the place", (text, message, expected) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: "USAGE_STACK",
        message: expect.stringMatching(message),
        expected: expect.stringMatching(expected),
      }),
    );
  });
});

it.each([
  ["/stacks/My Shop", "my-shop"],
  ["/stacks/2-fleet_x-", "fleet-x"],
  ["/", "stack"],
])("the folder %s gives the name %s", (folder, name) => expect(nameFromFolder(folder)).toBe(name));
