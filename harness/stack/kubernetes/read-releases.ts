import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { ReleaseSpec } from "../spec.ts";
import type { RenderedRelease } from "./assemble.ts";
import { readChartFile } from "./chart-file.ts";
import { type InstallLine, nameFromFolder } from "./clusters-file.ts";
import { manifestFiles } from "./manifest-files.ts";
import { parseObjects } from "./objects.ts";
import type { RenderChart } from "./render-chart.ts";

/** What the lines under `install` stand for, in their order; paths are relative to the file. @throws USAGE_STACK */
export async function readInstallLines(
  lines: readonly InstallLine[],
  at: { readonly file: string; readonly namespace: string },
  render: RenderChart,
): Promise<RenderedRelease[]> {
  const releases: ReleaseSpec[] = [];
  for (const line of lines) {
    const release = await readInstallLine(line, dirname(at.file), at.namespace);
    if (releases.some(({ name }) => name === release.name)) {
      line.spot.fail(`"${release.name}" is installed twice`, {
        received: release.name,
        expected: "a name of its own for each release of a cluster",
        hint: 'add "name: …" to this line',
      });
    }
    releases.push(release);
  }
  return Promise.all(releases.map((release) => renderRelease(release, render)));
}

/** The objects of one release. */
export async function renderRelease(release: ReleaseSpec, render: RenderChart): Promise<RenderedRelease> {
  const { namespace } = release;
  if (release.kind === "chart") {
    const text = await render(release);
    return { release, objects: parseObjects(text, { file: release.chart, namespace }) };
  }
  const texts = await Promise.all(release.files.map((file) => readFile(file, "utf8")));
  const objects = texts.flatMap((text, index) =>
    parseObjects(text, { file: release.files[index] ?? "", namespace }),
  );
  return { release, objects };
}

async function readInstallLine(line: InstallLine, folder: string, fallback: string): Promise<ReleaseSpec> {
  const namespace = line.namespace ?? fallback;
  if ("manifests" in line) {
    const path = resolve(folder, line.manifests);
    const files = await manifestFiles(path);
    if (files === null || files.length === 0) {
      return line.spot.at("manifests").fail("there are no manifests", {
        received: path,
        expected: "a YAML file, or a folder with YAML files (not in folders below it)",
      });
    }
    return { kind: "manifests", name: line.name ?? nameFromFile(path), namespace, files };
  }
  const chart = resolve(folder, line.chart);
  const described = await readChartFile(chart);
  if (described === null) {
    return line.spot.at("chart").fail("there is no chart", {
      received: chart,
      expected: "a folder with a Chart.yaml",
      hint: "the path is relative to this file; a chart from a registry has to be fetched first: helm pull --untar",
    });
  }
  const valuesFiles = line.values.map((file) => resolve(folder, file));
  for (const [index, file] of valuesFiles.entries()) {
    if (await readable(file)) continue;
    line.spot
      .at("values")
      .at(index)
      .fail("the values file can't be read", { received: file, expected: "a YAML file" });
  }
  return { kind: "chart", name: line.name ?? nameFromFolder(described.name), namespace, chart, valuesFiles };
}

/** `manifests/app.yaml` → `app`. */
export const nameFromFile = (path: string): string =>
  nameFromFolder(basename(path).replace(/\.(ya?ml|json)$/, ""));

const readable = (file: string): Promise<boolean> =>
  readFile(file).then(
    () => true,
    () => false,
  );
