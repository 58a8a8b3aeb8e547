import { ensureToolbox } from "../../stack/images/index.ts";
import { runLabels } from "../../stack/labels.ts";
import type { ClusterSpec, StackSpec } from "../../stack/spec.ts";
import type { Engine } from "../compose/engine.ts";
import type { Fingerprint, UpContext } from "../tier.ts";
import { createClusters, nodesOfTrial, openTrial, type TrialClusters } from "./cluster/create.ts";
import { type ClusterImages, clusterImages, findImage } from "./cluster/images.ts";
import { POD_CIDR, SERVICE_CIDR } from "./cluster/k3d-config.ts";
import { clusterPrefix } from "./cluster/names.ts";
import { settledMark } from "./cluster/pristine.ts";
import { beforeProof, provePristine, type WarmClusters } from "./cluster/reuse.ts";
import type { ToolPaths } from "./cluster/run-tool.ts";
import { type LoadedImage, sideLoad } from "./cluster/side-load.ts";
import { together } from "./cluster/together.ts";
import { advertiseGpus } from "./faults/control/gpus.ts";
import { pointDnsAtSink } from "./gateway/dns-sink.ts";
import { followRoutes, type RouteFollower } from "./gateway/follow-routes.ts";
import { type K3dGateway, startK3dGateway } from "./gateway/start-k3d-gateway.ts";
import { nameClustersAcross } from "./install/names-across.ts";

/** A machine that can run clusters. */
export interface Machine {
  readonly engine: Engine;
  readonly tools: ToolPaths;
}

/** Clusters on which a stack can be installed: with its images, ways in, and DNS. */
export interface Ground extends TrialClusters {
  readonly images: ClusterImages;
  readonly toolboxImage: string;
  readonly gateway: K3dGateway;
  readonly follower: RouteFollower;
  /** What they are made of now; null: nobody will ask. */
  readonly mark: Fingerprint | null;
}

/**
 * Makes the clusters of a trial, side by side, or opens warm ones, and prepares them. What this process holds open goes into
 * `made`. @throws USAGE_STACK, ENV_IMAGE, ENV_DISK, RUN_STACK, RUN_INTERRUPTED; what is not pristine, see reuse.ts
 */
export async function layGround(
  machine: Machine,
  spec: StackSpec,
  specs: readonly ClusterSpec[],
  context: UpContext,
  warm: WarmClusters | null,
  made: AsyncDisposableStack,
): Promise<Ground> {
  const { docker } = machine.engine;
  const images = await clusterImages(docker, specs, context);
  const loaded = await findAll(specs, machine.engine, context);
  const toolboxImage = await ensureToolbox(docker, { signal: context.signal });
  context.signal.throwIfAborted();
  return beforeProof(warm, async () => {
    const clusters = await openClusters(machine, specs, context, warm, { images, loaded });
    made.use(clusters);
    const ways = await openWays(machine.engine, spec, context, clusters, { toolboxImage, loaded });
    made.defer(() => ways.follower.stop());
    for (const { spec: cluster, id, api } of clusters.clusters) {
      const nodes = cluster.agents.map(({ gpus }, index) => ({ name: `k3d-${id}-agent-${index}`, gpus }));
      made.use(await advertiseGpus({ api, clock: context.clock, nodes }));
    }
    const mark = await markOf(machine.engine, clusters, context, warm);
    return { ...clusters, images, toolboxImage, ...ways, mark };
  });
}

/** New clusters with their images, or the warm ones, which have them. */
async function openClusters(
  { engine, tools }: Machine,
  specs: readonly ClusterSpec[],
  context: UpContext,
  warm: WarmClusters | null,
  { images, loaded }: { readonly images: ClusterImages; readonly loaded: readonly LoadedImage[] },
): Promise<TrialClusters> {
  const { runId, runDir, trial, times, signal } = context;
  const labels = runLabels(context);
  const input = { engine, tools, images, clusters: specs, runId, runDir, trial, labels, times, signal };
  if (warm !== null) return openTrial(input, warm.standing);
  await using opened = new AsyncDisposableStack();
  const clusters = opened.use(await createClusters(input));
  const nodes = nodesOfTrial(specs, runId, trial);
  await together(specs, signal, (cluster, within) => {
    const names = nodes.filter((node) => node.cluster === cluster.name).map(({ name }) => name);
    const own = loaded.filter(({ image }) => cluster.images.includes(image));
    return sideLoad(engine.docker, names, own, within);
  });
  opened.move();
  return clusters;
}

/** The gateway, the ways through it, and names. */
async function openWays(
  { docker }: Engine,
  spec: StackSpec,
  context: UpContext,
  { clusters, network }: TrialClusters,
  { toolboxImage, loaded }: { readonly toolboxImage: string; readonly loaded: readonly LoadedImage[] },
): Promise<Pick<Ground, "gateway" | "follower">> {
  const { runId, trial, clock, signal } = context;
  const labels = runLabels(context);
  const services = Object.values(spec.services);
  const project = `${clusterPrefix(runId)}-t${trial}`;
  const plan = { project, labels, image: toolboxImage, networks: [network.name], services };
  const gateway = await startK3dGateway(docker, plan, clock, signal);
  const follower = await followRoutes({
    docker,
    clusters,
    network: network.name,
    services,
    toolbox: { docker, image: toolboxImage, labels },
    inner: [POD_CIDR, SERVICE_CIDR, network.subnet],
    setRoutes: (routes) => gateway.setRoutes(routes),
    clock,
    // No registry answers here: a node that somebody adds gets its images from us, as the first ones did.
    onNewNode: ({ name }) => sideLoad(docker, [name], loaded, signal),
  });
  try {
    await nameClustersAcross(clusters);
    const sink = gateway.addresses.get(network.name) ?? "";
    await together(clusters, signal, (cluster, within) => pointDnsAtSink(cluster, sink, clock, within));
    return { gateway, follower };
  } catch (error) {
    await follower.stop();
    throw error;
  }
}

/** Proves warm clusters pristine; of new ones it takes the mark if a later trial is to be compared with it. */
async function markOf(
  { docker }: Engine,
  { clusters }: TrialClusters,
  context: UpContext,
  warm: WarmClusters | null,
): Promise<Fingerprint | null> {
  const { runId, trial, clock, signal } = context;
  const labels = runLabels({ runId, trial, keepUntil: null });
  const ground = { docker, clusters, labels, clock, signal };
  if (warm === null) return context.reuse ? settledMark(ground) : null;
  await provePristine(warm.mark, ground, context.emit);
  return warm.mark;
}

/** Every image of the stack's pods, each looked for once. */
async function findAll(
  specs: readonly ClusterSpec[],
  { docker }: Engine,
  context: UpContext,
): Promise<LoadedImage[]> {
  const found: LoadedImage[] = [];
  for (const image of new Set(specs.flatMap(({ images }) => images)))
    found.push({ image, use: await findImage(docker, image, context) });
  return found;
}
