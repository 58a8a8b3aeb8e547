import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterSpec } from "../../../stack/spec.ts";
import { FiredrillError } from "../../../error.ts";
import { openKubeApi } from "../api/kube-api.ts";
import type { Engine } from "../../compose/engine.ts";
import type { KubernetesTimes } from "../../tier.ts";
import { agentDisks } from "./agent-disks.ts";
import type { Cluster, NodeRef } from "./cluster.ts";
import { openEngineDoor } from "./engine-door.ts";
import { freePort } from "./free-port.ts";
import type { ClusterImages } from "./images.ts";
import { CREATE_WITHIN_SECONDS, k3dConfig } from "./k3d-config.ts";
import { mergeKubeconfigs } from "./kubeconfig.ts";
import { clusterId, nodesOf } from "./names.ts";
import { createTrialNetwork, MAX_NODES, type TrialNetwork } from "./network.ts";
import { runTool, toolEnvironment, type ToolPaths } from "./run-tool.ts";
import { KUBERNETES_TIMES } from "./times.ts";
import { together } from "./together.ts";
import { clusterDidNotComeUp } from "./why-not-up.ts";

const KUBECONFIG_WITHIN_MS = 30_000;
/** k3d gives up first and says why. */
const K3D_GRACE_MS = 15_000;

export interface ClustersInput {
  readonly engine: Engine;
  readonly tools: ToolPaths;
  readonly images: ClusterImages;
  readonly clusters: readonly ClusterSpec[];
  readonly runId: string;
  /** An existing folder of the run. */
  readonly runDir: string;
  readonly trial: number;
  /** For everything that is made, see labels.ts. */
  readonly labels: Readonly<Record<string, string>>;
  readonly times: KubernetesTimes;
  readonly signal: AbortSignal;
}

/** The clusters of a trial. Disposal closes the ways to their APIs; the clusters stay. */
export interface TrialClusters extends StandingClusters, AsyncDisposable {
  readonly clusters: readonly Cluster[];
}

/** What of a trial's clusters lasts without this process. */
export interface StandingClusters {
  readonly network: TrialNetwork;
  /** Path of the trial's own kubeconfig. */
  readonly kubeconfig: string;
  /** For k3d, helm and kubectl. */
  readonly toolEnv: Readonly<Record<string, string>>;
}

/**
 * Makes all clusters of a trial side by side on one network and returns when every node has registered. On failure what was
 * made stays, for the caller removes by label. @throws RUN_STACK, ENV_DISK, RUN_INTERRUPTED
 */
export async function createClusters(input: ClustersInput): Promise<TrialClusters> {
  const { engine, runId, runDir, trial, clusters, signal } = input;
  const nodes = nodesOfTrial(clusters, runId, trial);
  if (nodes.length > MAX_NODES) {
    throw new FiredrillError("USAGE_STACK", "the stack has too many nodes", {
      received: `${nodes.length} nodes`,
      expected: `at most ${MAX_NODES}`,
    });
  }
  const { kubeconfig, home } = privateFiles(runDir, trial);
  await mkdir(home, { recursive: true });
  const toolEnv = toolEnvironment(process.env, { home, kubeconfig, dockerHost: engine.host });
  const network = await createTrialNetwork(engine.docker, runId, trial, input.labels);
  signal.throwIfAborted();

  await using door = await openEngineDoor(engine.host, {
    labels: input.labels,
    network: network.name,
    addresses: new Map(nodes.map(({ name }, index) => [name, network.nodeAddress(index)])),
  });
  const env = { ...toolEnv, ...k3dEnvironment(input.images), DOCKER_HOST: door.host };
  await together(clusters, signal, (cluster, within) =>
    createOne(cluster, network, env, { ...input, signal: within }),
  );
  const texts = await Promise.all(
    clusters.map(async (cluster) => ({
      context: cluster.name,
      text: await readKubeconfig(clusterId(runId, trial, cluster.name), toolEnv, input),
      namespace: cluster.releases[0]?.namespace ?? "default",
    })),
  );
  await writeFile(kubeconfig, mergeKubeconfigs(texts), { mode: 0o600 });
  await chmod(kubeconfig, 0o600);
  await removeTools(input);
  return openTrial(input, { network, kubeconfig, toolEnv });
}

/** Opens the ways to the APIs of clusters that are up. */
export async function openTrial(
  input: Pick<ClustersInput, "tools" | "clusters" | "runId" | "trial">,
  standing: StandingClusters,
): Promise<TrialClusters> {
  const open = await openAll(input, standing.kubeconfig);
  return {
    clusters: open,
    ...standing,
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map(({ api }) => api[Symbol.asyncDispose]()));
    },
  };
}

/** What lets whoever reads it into the clusters, and what the tools keep for themselves; both go with the clusters. */
export function privateFiles(runDir: string, trial: number) {
  return { kubeconfig: join(runDir, `kubeconfig.t${trial}`), home: join(runDir, `tools.t${trial}`) };
}

/** Removes the private files of a trial. */
export async function forgetPrivateFiles(runDir: string, trial: number): Promise<void> {
  for (const path of Object.values(privateFiles(runDir, trial)))
    await rm(path, { recursive: true, force: true });
}

/** All nodes of a trial in the order of their addresses. */
export function nodesOfTrial(clusters: readonly ClusterSpec[], runId: string, trial: number): NodeRef[] {
  return clusters.flatMap((cluster) =>
    nodesOf(cluster, clusterId(runId, trial, cluster.name), clusters.length > 1),
  );
}

/** k3d's own switches (k3d v5.9, pkg/types/env.go). */
export function k3dEnvironment(images: ClusterImages): Record<string, string> {
  return {
    K3D_IMAGE_TOOLS: images.tools,
    ...(images.proxy === null ? {} : { K3D_IMAGE_LOADBALANCER: images.proxy }),
  };
}

async function createOne(
  cluster: ClusterSpec,
  network: TrialNetwork,
  env: Readonly<Record<string, string>>,
  input: ClustersInput,
): Promise<void> {
  const { docker } = input.engine;
  const id = clusterId(input.runId, input.trial, cluster.name);
  const config = k3dConfig(cluster, {
    id,
    network: network.name,
    image: input.images.node,
    apiPort: await freePort(),
    times: KUBERNETES_TIMES[input.times],
    agentDisks: await agentDisks(docker, cluster, id, input.labels),
  });
  // JSON is YAML; k3d goes by the name's ending.
  const file = join(input.runDir, `k3d.t${input.trial}.${cluster.name}.yaml`);
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`);
  const result = await runTool({
    file: input.tools.k3d,
    args: ["cluster", "create", "--config", file],
    env,
    timeoutMs: CREATE_WITHIN_SECONDS * 1_000 + K3D_GRACE_MS,
    signal: input.signal,
  });
  if (!result.ok) throw await clusterDidNotComeUp(docker, cluster.name, id, result.complaint);
}

async function readKubeconfig(
  id: string,
  env: Readonly<Record<string, string>>,
  { tools, signal }: ClustersInput,
): Promise<string> {
  const args = ["kubeconfig", "get", id];
  const result = await runTool({ file: tools.k3d, args, env, timeoutMs: KUBECONFIG_WITHIN_MS, signal });
  if (result.ok) return result.stdout;
  throw new FiredrillError("RUN_STACK", `k3d gives no kubeconfig of cluster "${id}"`, {
    received: result.complaint,
  });
}

/** k3d's tools have done their work once a cluster stands. */
async function removeTools({ engine: { docker }, clusters, runId, trial }: ClustersInput): Promise<void> {
  await Promise.all(
    clusters.map(({ name }) =>
      docker
        .getContainer(`k3d-${clusterId(runId, trial, name)}-tools`)
        .remove({ force: true, v: true })
        .catch(() => undefined),
    ),
  );
}

async function openAll(
  { tools, clusters, runId, trial }: Pick<ClustersInput, "tools" | "clusters" | "runId" | "trial">,
  kubeconfig: string,
): Promise<Cluster[]> {
  const open: Cluster[] = [];
  try {
    for (const spec of clusters) {
      const api = await openKubeApi(tools.kubectl, kubeconfig, spec.name);
      open.push({ spec, id: clusterId(runId, trial, spec.name), kubeconfig, api });
    }
    return open;
  } catch (error) {
    await Promise.all(open.map(({ api }) => api[Symbol.asyncDispose]()));
    throw error;
  }
}
