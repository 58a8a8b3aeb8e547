import { mkdir, rm, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { StackSpec } from "../../stack/spec.ts";
import { neutralEnvironment } from "../compose/compose-cli.ts";
import { serviceUrls } from "../compose/shell-environment.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { ToolPaths } from "./cluster/run-tool.ts";

export interface ShellSurroundingsInput {
  readonly spec: StackSpec;
  readonly clusters: readonly Cluster[];
  readonly tools: ToolPaths;
  /** See `toolEnvironment`. */
  readonly toolEnv: Readonly<Record<string, string>>;
  /** Which images k3d's own helpers run. */
  readonly k3dEnv: Readonly<Record<string, string>>;
  readonly urlOf: (service: string, port: number) => string | undefined;
  readonly engineHost: string;
  readonly runDir: string;
}

/**
 * The environment of runbook steps and checks: this process's own, with the tools that we use first on the path and the trial's
 * kubeconfig, so that a plain `kubectl get pods` means this stack. `CLUSTER_<NAME>` is what k3d calls a cluster
 * (`CLUSTER`: the first or only one), `<SERVICE>_URL` where a service is reached from this machine. The user's own kubeconfig, caches and settings stay unused.
 */
export async function shellSurroundings(input: ShellSurroundingsInput): Promise<Record<string, string>> {
  const { spec, clusters, tools, toolEnv, urlOf, engineHost, runDir } = input;
  const own = neutralEnvironment(process.env);
  const ours = Object.entries(toolEnv).filter(([name]) => name === "KUBECONFIG" || name.startsWith("HELM_"));
  const folder = await toolFolder(join(runDir, "bin"), tools);
  return {
    ...own,
    ...Object.fromEntries(ours),
    ...serviceUrls(spec, urlOf),
    ...input.k3dEnv,
    CLUSTER: clusters[0]?.id ?? "",
    ...Object.fromEntries(clusters.map(({ spec: { name }, id }) => [`CLUSTER_${variable(name)}`, id])),
    KUBECACHEDIR: join(toolEnv["HOME"] ?? runDir, "kube-cache"),
    DOCKER_HOST: engineHost,
    PATH: `${folder}${delimiter}${own["PATH"] ?? ""}`,
  };
}

/** A folder with these tools and no others, under their plain names. */
async function toolFolder(folder: string, tools: ToolPaths): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, path] of Object.entries(tools)) {
    const link = join(folder, name);
    await rm(link, { force: true });
    await symlink(path, link);
  }
  return folder;
}

const variable = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
