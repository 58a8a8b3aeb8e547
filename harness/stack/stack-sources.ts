import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { FiredrillError } from "../error.ts";
import type { StackSpec } from "./spec.ts";

/** A chart with more files than this is taken for the wrong folder. */
const MAX_FILES = 5_000;

/**
 * Absolute paths of every file that defines the stack, sorted, each once: the Compose file, or the clusters.yaml with
 * all files of its charts, values and manifests. Equal contents mean an equal stack. Empty for an adopted stack.
 */
export function stackSources(spec: StackSpec): readonly string[] {
  if (spec.file === "") return [];
  const releases = spec.kubernetes?.clusters.flatMap((cluster) => cluster.releases) ?? [];
  const files = releases.flatMap((release) =>
    release.kind === "chart" ? [...filesBelow(release.chart), ...release.valuesFiles] : release.files,
  );
  // Of a chart or manifests alone it is the folder, whose files are listed already.
  if (statSync(spec.file).isFile()) files.push(spec.file);
  return [...new Set(files)].toSorted();
}

/** Links are followed, as Helm does it; a folder that is reached twice is read once. */
function filesBelow(folder: string): string[] {
  const files: string[] = [];
  const seen = new Set<string>();
  const folders = [folder];
  for (let current = folders.pop(); current !== undefined; current = folders.pop()) {
    const real = realpathSync(current);
    if (seen.has(real)) continue;
    seen.add(real);
    for (const name of readdirSync(current)) {
      const path = join(current, name);
      if (statSync(path).isDirectory()) folders.push(path);
      else files.push(path);
      if (files.length + folders.length <= MAX_FILES) continue;
      throw new FiredrillError("USAGE_STACK", "the chart has too many files", {
        received: folder,
        expected: `at most ${MAX_FILES}`,
      });
    }
  }
  return files;
}
