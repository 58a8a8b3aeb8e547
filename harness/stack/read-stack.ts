import { existsSync } from "node:fs";
import { toolPath } from "../../scripts/toolchain/build.ts";
import { HELM } from "../../scripts/toolchain/tools.ts";
import { FiredrillError } from "../error.ts";
import type { TierName } from "../tier/tier.ts";
import { type FoundStack, findStack } from "./find-stack.ts";
import { readChartFile } from "./kubernetes/chart-file.ts";
import { readChartStack, readClustersFile, readManifestStack } from "./kubernetes/read-kubernetes.ts";
import { helmTemplate, type RenderChart } from "./kubernetes/render-chart.ts";
import { readComposeFile } from "./read-compose.ts";
import type { StackSpec } from "./spec.ts";

export interface ReadStackOptions {
  /** Instead of `helm template`, for tests. */
  readonly render?: RenderChart;
}

/**
 * Reads a stack for a tier. The path leads to a Compose file, a clusters.yaml, a chart, a manifest, or a folder with
 * these: `sim` and `compose` take the Compose file, `k3d` takes the clusters.yaml, else the chart, else the manifests.
 * @throws USAGE_STACK when the stack has nothing for this tier, or what it has is wrong; ENV_TOOL without helm.
 */
export async function readStack(
  path: string,
  tier: TierName,
  options: ReadStackOptions = {},
): Promise<StackSpec> {
  const found = await findStack(path);
  if (tier === "k3d") return readForKubernetes(found, options.render ?? helmTemplate(findHelm));
  if (found.composeFile !== null) return readComposeFile(found.composeFile);
  throw new FiredrillError("USAGE_STACK", `this stack has no Compose file, and the ${tier} tier needs one`, {
    received: found.kubernetes === null ? found.path : `${found.kubernetes.kind}: ${found.kubernetes.path}`,
    expected: "a Compose file, or a folder with a compose.yaml",
    hint:
      found.kubernetes === null
        ? "correct the scenario's `stack`"
        : "it can only run with --tier k3d; a compose.yaml beside it makes it run here too",
  });
}

async function readForKubernetes(found: FoundStack, render: RenderChart): Promise<StackSpec> {
  const { kubernetes, composeFile } = found;
  switch (kubernetes?.kind) {
    case "clusters":
      return readClustersFile(kubernetes.path, render);
    case "manifests":
      return readManifestStack(kubernetes.path, kubernetes.files, render);
    case "chart": {
      const chart = await readChartFile(kubernetes.path);
      if (chart !== null) return readChartStack(kubernetes.path, chart, render);
    }
  }
  throw new FiredrillError("USAGE_STACK", "this stack has nothing that Kubernetes could run", {
    received: composeFile ?? found.path,
    expected: "a clusters.yaml, a folder chart with a Chart.yaml, or manifests beside it",
    hint:
      composeFile === null ? "correct the scenario's `stack`" : "it can only run with --tier sim or compose",
  });
}

/** Ours, which `doctor --fix` has built, else the one on the path. */
async function findHelm(): Promise<string> {
  const built = toolPath(HELM);
  return existsSync(built) ? built : "helm";
}
