import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { FiredrillError } from "../error.ts";
import { manifestFiles } from "./kubernetes/manifest-files.ts";
import { isRecord } from "./yaml-source.ts";

/** What a path to a stack leads to, for one of the two ways to run it; each null when it is not there. */
export interface FoundStack {
  /** Absolute, as given. */
  readonly path: string;
  readonly composeFile: string | null;
  /** What the k3d tier takes, the first that is there. */
  readonly kubernetes:
    | { readonly kind: "clusters" | "chart"; readonly path: string }
    | { readonly kind: "manifests"; readonly path: string; readonly files: readonly string[] }
    | null;
}

/** In the order in which Compose itself looks for them (Compose specification, "The Compose file"). */
const COMPOSE_NAMES = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
const CLUSTERS_NAMES = ["clusters.yaml", "clusters.yml"];

/**
 * Finds the files of a stack. A folder may hold a Compose file and, for Kubernetes, a clusters.yaml, else a chart, else
 * a folder `chart`, else manifests. A file is taken for what it is, and what lies beside it is the stack's other half.
 * @throws USAGE_STACK when there is nothing at the path.
 */
export async function findStack(given: string): Promise<FoundStack> {
  const path = resolve(given);
  const info = await stat(path).catch((cause: unknown) => {
    throw new FiredrillError("USAGE_STACK", "there is no stack at this path", {
      received: path,
      expected: "a Compose file, a folder with one, a chart, or manifests of Kubernetes",
      hint: "the path is relative to the scenario's own folder",
      cause,
    });
  });
  if (info.isDirectory()) return inFolder(path, path, await firstOf(path, COMPOSE_NAMES));
  const folder = dirname(path);
  const name = path.slice(folder.length + 1);
  if (name === "Chart.yaml") return inFolder(path, folder, null);
  if (CLUSTERS_NAMES.includes(name)) {
    const composeFile = await firstOf(folder, COMPOSE_NAMES);
    return { path, composeFile, kubernetes: { kind: "clusters", path } };
  }
  if (await holdsManifests(path)) {
    return { path, composeFile: null, kubernetes: { kind: "manifests", path, files: [path] } };
  }
  return inFolder(path, folder, path);
}

async function inFolder(path: string, folder: string, composeFile: string | null): Promise<FoundStack> {
  const clusters = await firstOf(folder, CLUSTERS_NAMES);
  if (clusters !== null) return { path, composeFile, kubernetes: { kind: "clusters", path: clusters } };
  for (const chart of [folder, join(folder, "chart")]) {
    if ((await firstOf(chart, ["Chart.yaml"])) === null) continue;
    return { path, composeFile, kubernetes: { kind: "chart", path: chart } };
  }
  // Beside a Compose file there may be YAML of any kind: manifests must have been meant by their folder.
  const all = composeFile === null ? ((await manifestFiles(folder)) ?? []) : [];
  const files: string[] = [];
  for (const file of all) if (await holdsManifests(file)) files.push(file);
  if (files.length === 0) return { path, composeFile, kubernetes: null };
  return { path, composeFile, kubernetes: { kind: "manifests", path: folder, files } };
}

async function firstOf(folder: string, names: readonly string[]): Promise<string | null> {
  const present = new Set(await readdir(folder).catch(() => []));
  const found = names.find((name) => present.has(name));
  return found === undefined ? null : join(folder, found);
}

/** Whether the first document has the marks of an object of Kubernetes; a broken file has none. */
async function holdsManifests(file: string): Promise<boolean> {
  const documents = parseAllDocuments(await readFile(file, "utf8"), { prettyErrors: false });
  const first = Array.isArray(documents) ? documents[0]?.toJS({ maxAliasCount: 100 }) : null;
  return isRecord(first) && typeof first["apiVersion"] === "string" && typeof first["kind"] === "string";
}
