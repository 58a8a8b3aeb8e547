import { dirname } from "node:path";
import { FiredrillError } from "../../error.ts";
import { ensureToolbox } from "../../stack/images/index.ts";
import { runLabels } from "../../stack/labels.ts";
import type { ClusterSpec, StackSpec } from "../../stack/spec.ts";
import type { Clock } from "../../time/clock.ts";
import { removeClusters } from "./cluster/remove-run.ts";
import type { Engine } from "../compose/engine.ts";
import { openTunnel } from "../compose/gateway/tunnel.ts";
import type { RunningStack, UpContext } from "../tier.ts";
import { createClusters, forgetPrivateFiles, k3dEnvironment, nodesOfTrial } from "./cluster/create.ts";
import { clusterImages, findImage } from "./cluster/images.ts";
import { POD_CIDR, SERVICE_CIDR } from "./cluster/k3d-config.ts";
import { clusterPrefix } from "./cluster/names.ts";
import type { ToolPaths } from "./cluster/run-tool.ts";
import { sideLoad, type LoadedImage } from "./cluster/side-load.ts";
import { together } from "./cluster/together.ts";
import { advertiseGpus } from "./faults/control/gpus.ts";
import { pointDnsAtSink } from "./gateway/dns-sink.ts";
import { followRoutes } from "./gateway/follow-routes.ts";
import { startK3dGateway } from "./gateway/start-k3d-gateway.ts";
import { installStack } from "./install/install.ts";
import { nameClustersAcross } from "./install/names-across.ts";
import { untilReachable } from "./install/reachable.ts";
import { k3dStack } from "./running-stack.ts";
import { shellSurroundings } from "./shell-surroundings.ts";
import { watchClusters } from "./watch/watch-clusters.ts";

/** A machine that can run clusters. */
export interface Machine {
  readonly engine: Engine;
  readonly tools: ToolPaths;
}

/**
 * Brings a stack up: images, clusters side by side, images into their nodes, gateway and DNS, charts and manifests, until
 * every workload is ready. On failure, or when `context.signal` is aborted, whatever was made is removed again before the
 * error is thrown. @throws USAGE_STACK, ENV_IMAGE, ENV_DISK, RUN_STACK, RUN_INTERRUPTED
 */
export async function bringUp(machine: Machine, spec: StackSpec, context: UpContext): Promise<RunningStack> {
  const { clock } = context;
  await using made = new AsyncDisposableStack();
  try {
    return await build(machine, spec, context, clock, made);
  } catch (error) {
    const takeDown = async () => {
      await removeClusters(machine.engine.docker, clock, context.runId, context.trial);
      await forgetPrivateFiles(context.runDir, context.trial);
    };
    await made.disposeAsync();
    await takeDown();
    if (!context.signal.aborted) throw error;
    // What a tool was just making when it was stopped may have been finished meanwhile.
    await takeDown();
    throw new FiredrillError("RUN_INTERRUPTED", "interrupted while the stack came up", { cause: error });
  }
}

async function build(
  { engine, tools }: Machine,
  spec: StackSpec,
  context: UpContext,
  clock: Clock,
  made: AsyncDisposableStack,
): Promise<RunningStack> {
  const { docker } = engine;
  const { runId, trial, runDir, signal, emit, times } = context;
  const specs = clustersOf(spec);
  const labels = runLabels(context);
  const images = await clusterImages(docker, specs, { emit, signal });
  const loaded = await findAll(specs, engine, context);
  const toolboxImage = await ensureToolbox(docker, { signal });
  signal.throwIfAborted();

  const input = { engine, tools, images, clusters: specs, runId, runDir, trial, labels, times, signal };
  const trialClusters = made.use(await createClusters(input));
  const { clusters, network, toolEnv } = trialClusters;
  await together(specs, signal, (cluster, within) => {
    const names = nodesOfTrial(specs, runId, trial).filter((node) => node.cluster === cluster.name);
    const ownImages = loaded.filter(({ image }) => cluster.images.includes(image));
    return sideLoad(
      docker,
      names.map(({ name }) => name),
      ownImages,
      within,
    );
  });

  const project = `${clusterPrefix(runId)}-t${trial}`;
  const services = Object.values(spec.services);
  const gateway = await startK3dGateway(
    docker,
    { project, labels, image: toolboxImage, networks: [network.name], services },
    clock,
    signal,
  );
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
  made.defer(() => follower.stop());
  await nameClustersAcross(clusters);
  const sink = gateway.addresses.get(network.name) ?? "";
  await together(clusters, signal, (cluster, within) => pointDnsAtSink(cluster, sink, clock, within));
  for (const { spec: cluster, id, api } of clusters) {
    const nodes = cluster.agents.map(({ gpus }, index) => ({ name: `k3d-${id}-agent-${index}`, gpus }));
    made.use(await advertiseGpus({ api, clock, nodes }));
  }
  const watch = await watchClusters({ clusters, spec, docker, emit, clock, signal });
  made.defer(() => watch.stop());
  await installStack({ spec, clusters, tools, env: toolEnv, clock, signal });
  await follower.refresh();
  await untilReachable(
    services,
    (service, port, within) => openTunnel(gateway.controlPort, service, port, within),
    clock,
    signal,
  );

  const urlOf = (service: string, port: number) => {
    const hostPort = gateway.forwards.get(`${service}:${port}`);
    return hostPort === undefined ? undefined : `http://127.0.0.1:${hostPort}`;
  };
  const shell = {
    env: await shellSurroundings({
      spec,
      clusters,
      tools,
      toolEnv,
      k3dEnv: k3dEnvironment(images),
      urlOf,
      engineHost: engine.host,
      runDir,
    }),
    cwd: dirname(spec.file),
  };
  return k3dStack({
    docker,
    spec,
    clock,
    runId,
    runDir,
    trial,
    clusters,
    gateway,
    follower,
    watch,
    shell,
    toolboxImage,
    emit,
    kept: context.keepUntil !== null,
    open: made.move(),
  });
}

function clustersOf(spec: StackSpec): readonly ClusterSpec[] {
  if (spec.kubernetes !== null) return spec.kubernetes.clusters;
  throw new FiredrillError("USAGE_STACK", `stack "${spec.name}" describes no cluster`, {
    received: spec.file || "running containers",
    expected: "a stack with clusters.yaml, a chart or manifests",
    hint: "--tier compose",
  });
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
