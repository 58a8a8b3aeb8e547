import { delimiter, join } from "node:path";
import { execa, ExecaError } from "execa";
import { FiredrillError } from "../../error.ts";
import { cacheDir } from "../../stack/images/index.ts";

/** A program that was found and is new enough. */
export interface FoundTool {
  readonly path: string;
  /** E.g. `5.9.0`. */
  readonly version: string;
}

export interface MissingTool {
  /** Where it was looked for, and what was there. */
  readonly missing: readonly string[];
}

/** What the clusters of this tier are made and used with. */
export const KUBERNETES_TOOLS = ["k3d", "kubectl", "helm"] as const;
export type KubernetesTool = (typeof KUBERNETES_TOOLS)[number];

const LOOK_WITHIN_MS = 10_000;

interface Wanted {
  readonly args: readonly string[];
  /** Older ones are refused. */
  readonly atLeast: readonly [major: number, minor: number];
}

const WANTED: Readonly<Record<KubernetesTool, Wanted>> = {
  // `files` in its configuration came with 5.7.0 (k3d's CHANGELOG.md).
  k3d: { args: ["version"], atLeast: [5, 7] },
  // Further from our clusters' version than the one minor version of Kubernetes' policy, but what we call is old.
  kubectl: { args: ["version", "--client"], atLeast: [1, 30] },
  helm: { args: ["version", "--short"], atLeast: [3, 12] },
};

/** Finds each tool: on the path if it is new enough, else in our own cache, where `doctor --fix` puts it. */
export async function findKubernetesTools(
  env: NodeJS.ProcessEnv = process.env,
): Promise<Record<KubernetesTool, FoundTool | MissingTool>> {
  const [k3d, kubectl, helm] = await Promise.all(KUBERNETES_TOOLS.map((name) => find(name, env)));
  if (!k3d || !kubectl || !helm) throw new FiredrillError("BUG", "a tool was not looked for");
  return { k3d, kubectl, helm };
}

/** @throws ENV_TOOL with everything that was tried. */
export async function requireKubernetesTools(
  env: NodeJS.ProcessEnv = process.env,
): Promise<Record<KubernetesTool, FoundTool>> {
  const { k3d, kubectl, helm } = await findKubernetesTools(env);
  if (isFound(k3d) && isFound(kubectl) && isFound(helm)) return { k3d, kubectl, helm };
  const absent = KUBERNETES_TOOLS.filter((name) => !isFound({ k3d, kubectl, helm }[name]));
  throw new FiredrillError("ENV_TOOL", `the k3d tier needs ${absent.join(", ")}`, {
    received: [k3d, kubectl, helm].flatMap((tool) => (isFound(tool) ? [] : tool.missing)).join("; "),
    expected: absent.map((name) => `${name} ${WANTED[name].atLeast.join(".")} or newer`).join(", "),
    hint: "npx firedrill doctor --fix",
  });
}

export const isFound = (tool: FoundTool | MissingTool): tool is FoundTool => "path" in tool;

async function find(name: KubernetesTool, env: NodeJS.ProcessEnv): Promise<FoundTool | MissingTool> {
  const { args, atLeast } = WANTED[name];
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const missing: string[] = [];
  for (const path of [...folders, join(cacheDir(env), "bin")].map((folder) => join(folder, name))) {
    const answer = await askVersion(path, args, env);
    if (answer === null) continue;
    if (typeof answer !== "string") missing.push(`${path}: ${answer.problem}`);
    else if (isNewEnough(name, answer)) return { path, version: answer };
    else missing.push(`${path}: version ${answer} is older than ${atLeast.join(".")}`);
  }
  return { missing: [...missing, `${name}: not on the path nor in ${join(cacheDir(env), "bin")}`] };
}

/** `null` when there is no such program. */
async function askVersion(
  path: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | { readonly problem: string } | null> {
  try {
    const { stdout } = await execa(path, args, { env, timeout: LOOK_WITHIN_MS, stdin: "ignore" });
    // `k3d version v5.9.0`, `Client Version: v1.34.3`, `v3.19.0+g3d8990f`
    const version = /(?:^|\s)v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
    return version ?? { problem: `answered "${stdout.trim().slice(0, 80)}"` };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    return error.code === "ENOENT" || error.code === "ENOTDIR" ? null : { problem: error.shortMessage };
  }
}

/** @param version like `5.9.0`, or a package's `1.32.3+ds-2` */
export function isNewEnough(name: KubernetesTool, version: string): boolean {
  const [major, minor] = WANTED[name].atLeast;
  const [itsMajor = 0, itsMinor = 0] = version.split(".", 2).map(Number);
  return itsMajor > major || (itsMajor === major && itsMinor >= minor);
}
