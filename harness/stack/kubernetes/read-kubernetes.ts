import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { StackSpec } from "../spec.ts";
import { readYaml } from "../yaml-source.ts";
import { assembleStack } from "./assemble.ts";
import { type ChartFile, ONLY_CLUSTER } from "./chart-file.ts";
import { chartCluster, clusterSize } from "./cluster-fields.ts";
import { nameFromFolder, parseClustersFile } from "./clusters-file.ts";
import { nameFromFile, readInstallLines, renderRelease } from "./read-releases.ts";
import type { RenderChart } from "./render-chart.ts";

/** A stack from its clusters.yaml. @throws USAGE_STACK */
export async function readClustersFile(path: string, render: RenderChart): Promise<StackSpec> {
  const file = resolve(path);
  const { name, clusters, roles, root } = parseClustersFile(await readFile(file, "utf8"), file);
  const read = [];
  for (const { size, install } of clusters) {
    read.push({ size, releases: await readInstallLines(install, { file, namespace: name }, render) });
  }
  return assembleStack({
    name,
    file,
    clusters: read,
    roles,
    spot: root.at("clusters"),
    rolesSpot: root.at("roles"),
  });
}

/** A stack that is one chart; its annotations say how large the cluster is and who is asked who leads. */
export async function readChartStack(
  folder: string,
  chart: ChartFile,
  render: RenderChart,
): Promise<StackSpec> {
  const name = nameFromFolder(chart.name);
  const release = await renderRelease(
    { kind: "chart", name, namespace: name, chart: folder, valuesFiles: [] },
    render,
  );
  return assembleStack({
    name,
    file: folder,
    clusters: [{ size: chart.cluster, releases: [release] }],
    roles: chart.roles,
    spot: chart.root,
    rolesSpot: chart.rolesSpot,
  });
}

/** A stack that is one or more manifest files, on a cluster of the default size. */
export async function readManifestStack(
  path: string,
  files: readonly string[],
  render: RenderChart,
): Promise<StackSpec> {
  const name = files.length === 1 && files[0] === path ? nameFromFile(path) : nameFromFolder(basename(path));
  const release = await renderRelease({ kind: "manifests", name, namespace: name, files }, render);
  const { root } = readYaml("", path, "objects of Kubernetes");
  return assembleStack({
    name,
    file: path,
    clusters: [{ size: clusterSize(ONLY_CLUSTER, chartCluster.parse({})), releases: [release] }],
    roles: {},
    spot: root,
    rolesSpot: root,
  });
}
