import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChartRelease } from "./kubernetes/render-chart.ts";
import { readStack } from "./read-stack.ts";
import { stackSources } from "./stack-sources.ts";

const COMPOSE = "services: { web: { image: web } }";
const POD = (name: string) =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, labels: { app: ${name} } }, spec: { containers: [{ name: a, image: "x:1" }] } }\n`;
const CHART = "{ apiVersion: v2, name: shop, version: 1.0.0 }";

let folder = "";
let rendered: ChartRelease[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stack-"));
  rendered = [];
});
afterEach(() => rm(folder, { recursive: true }));

async function given(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** A chart renders to one pod with the name of its release. */
const render = async (release: ChartRelease) => {
  rendered.push(release);
  return POD(release.name);
};
const read = (path: string, tier: "sim" | "compose" | "k3d") =>
  readStack(join(folder, path), tier, { render });
const names = async (path: string, tier: "sim" | "compose" | "k3d") =>
  Object.keys((await read(path, tier)).services);

describe("a folder with both halves", () => {
  beforeEach(() =>
    given({
      "compose.yaml": COMPOSE,
      "clusters.yaml":
        "{ name: shop, clusters: { main: { install: [{ chart: ./chart, name: from-chart }] } } }",
      "chart/Chart.yaml": CHART,
    }),
  );

  it.each([".", "compose.yaml", "clusters.yaml"])("%s leads to the half that the tier runs", async (path) => {
    expect(await names(path, "sim")).toEqual(["web"]);
    expect(await names(path, "compose")).toEqual(["web"]);
    expect(await names(path, "k3d")).toEqual(["from-chart"]);
  });

  it("a chart given by itself is that chart", async () => {
    expect(await names("chart", "k3d")).toEqual(["shop"]);
    expect(await names("chart/Chart.yaml", "k3d")).toEqual(["shop"]);
  });
});

describe("what a stack is on k3d", () => {
  it("installs charts and manifests in their order, each with name, namespace and values", async () => {
    await given({
      "clusters.yaml": `
name: shop
clusters:
  main:
    install:
      - { chart: ./charts/web, values: [one.yaml], namespace: front }
      - manifests: ./more
`,
      "charts/web/Chart.yaml": "name: Web_Site",
      "one.yaml": "",
      "more/b.yaml": POD("b"),
      "more/a.json": POD("a")
        .replaceAll(/(\w+):(?= )/g, '"$1":')
        .replaceAll(/: ([a-z]\w*)/g, ': "$1"'),
      "more/notes.txt": "",
    });
    const spec = await read(".", "k3d");
    expect(Object.keys(spec.services)).toEqual(["web-site", "a", "b"]);
    expect(spec.services["web-site"]?.workload?.namespace).toBe("front");
    expect(spec.services["a"]?.workload?.namespace).toBe("shop");
    const releases = spec.kubernetes?.clusters[0]?.releases;
    expect(releases).toEqual([
      {
        kind: "chart",
        name: "web-site",
        namespace: "front",
        chart: join(folder, "charts/web"),
        valuesFiles: [join(folder, "one.yaml")],
      },
      {
        kind: "manifests",
        name: "more",
        namespace: "shop",
        files: [join(folder, "more/a.json"), join(folder, "more/b.yaml")],
      },
    ]);
    expect(rendered).toEqual([releases?.[0]]);
    expect(stackSources(spec)).toEqual(
      ["charts/web/Chart.yaml", "clusters.yaml", "more/a.json", "more/b.yaml", "one.yaml"].map((file) =>
        join(folder, file),
      ),
    );
  });

  it("takes size and roles of a chart alone from its annotations", async () => {
    await given({
      "chart/Chart.yaml": `
name: shop
annotations:
  firedrill.dev/cluster: "{ servers: 3, agents: [{ pool: blue, gpus: 2 }] }"
  firedrill.dev/roles: "leader: { among: shop, port: 80, path: /, where: { leader: true } }"
`,
      "compose.yaml": COMPOSE,
    });
    const spec = await read("compose.yaml", "k3d");
    expect(spec).toMatchObject({ name: "shop", file: join(folder, "chart") });
    expect(spec.kubernetes?.clusters[0]).toMatchObject({
      name: "main",
      servers: 3,
      agents: [{ pool: "blue", gpus: 2, labels: {} }],
    });
    expect(spec.roles["leader"]).toMatchObject({ among: "shop" });
  });

  it("takes manifests alone, on a cluster of the default size", async () => {
    await given({ "app.yaml": POD("web"), "other.yml": POD("db"), "values.yaml": "a: 1" });
    expect(await names("app.yaml", "k3d")).toEqual(["web"]);
    const spec = await read(".", "k3d");
    expect(Object.keys(spec.services)).toEqual(["web", "db"]);
    expect(Object.keys(spec.places)).toEqual(["server-0", "agent-0", "agent-1", "main"]);
    expect(stackSources(spec)).toEqual([join(folder, "app.yaml"), join(folder, "other.yml")]);
  });
});

describe("stackSources", () => {
  it("of a Compose file is that file", async () => {
    await given({ "compose.yaml": COMPOSE });
    expect(stackSources(await read(".", "sim"))).toEqual([join(folder, "compose.yaml")]);
  });

  it("lists a chart's files to the last folder, through links, and goes round no circle", async () => {
    await given({ "chart/Chart.yaml": CHART, "chart/templates/deep/a.yaml": "", "elsewhere/script": "" });
    await symlink("../elsewhere", join(folder, "chart/files"));
    const spec = await read("chart", "k3d");
    const files = ["chart/Chart.yaml", "chart/files/script", "chart/templates/deep/a.yaml"];
    expect(stackSources(spec)).toEqual(files.map((file) => join(folder, file)));
    await symlink("../chart", join(folder, "elsewhere/back"));
    expect(stackSources(spec)).toEqual(files.map((file) => join(folder, file)));
  });
});

describe("refusals", () => {
  const refused = (message: RegExp, hint: RegExp) => ({
    code: "USAGE_STACK",
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });

  it("a path that leads nowhere", () =>
    expect(read("nowhere", "sim")).rejects.toMatchObject(refused(/no stack at this path/, /scenario's own/)));

  it.each(["app.yaml", "chart", "clusters.yaml", "."])("%s has no Compose half", async (path) => {
    await given({ "app.yaml": POD("a"), "chart/Chart.yaml": CHART, "clusters.yaml": "" });
    await expect(read(path, "sim")).rejects.toMatchObject(refused(/no Compose file/, /--tier k3d/));
  });

  it("an empty folder has neither half", async () => {
    await expect(read(".", "compose")).rejects.toMatchObject(refused(/no Compose file/, /correct/));
    await expect(read(".", "k3d")).rejects.toMatchObject(refused(/nothing that Kubernetes/, /correct/));
  });

  it("a Compose file alone has nothing for Kubernetes, whatever YAML lies beside it", async () => {
    await given({ "compose.yaml": COMPOSE, "app.yaml": POD("a") });
    await expect(read("compose.yaml", "k3d")).rejects.toMatchObject(
      refused(/nothing that Kubernetes/, /sim or compose/),
    );
  });

  it.each([
    ["{ chart: ./nothing }", /there is no chart/],
    ["{ manifests: ./nothing }", /there are no manifests/],
    ["{ manifests: ./empty }", /there are no manifests/],
    ["{ chart: ./chart, values: [a.yaml] }", /values file can't be read/],
    ["{ chart: ./chart }, { chart: ./chart }", /"shop" is installed twice/],
  ])("install: [%s]", async (lines, message) => {
    await given({
      "clusters.yaml": `clusters: { main: { install: [${lines}] } }`,
      "chart/Chart.yaml": CHART,
      "empty/readme": "",
    });
    await expect(read(".", "k3d")).rejects.toMatchObject({
      code: "USAGE_STACK",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ["annotations: { firedrill.dev/cluster: 'server: 3' }", /firedrill\.dev\/cluster.*no field "server"/],
    ["annotations: { firedrill.dev/roles: 'a: { among: b }' }", /firedrill\.dev\/roles/],
    ["annotations: { firedrill.dev/cluster: { servers: 3 } }", /an annotation is text/],
  ])("a chart with %s", async (line, message) => {
    await given({ "Chart.yaml": `name: shop\n${line}` });
    await expect(read(".", "k3d")).rejects.toMatchObject({
      code: "USAGE_STACK",
      message: expect.stringMatching(message),
    });
  });

  it("a chart without a name", async () => {
    await given({ "Chart.yaml": "version: 1" });
    await expect(read(".", "k3d")).rejects.toThrow(/Chart\.yaml:1:1: the chart has no name/);
  });
});
