import { dirname } from "node:path";
import { FiredrillError } from "../../error.ts";
import { mockSeeds } from "../../stack/mock-seeds.ts";
import type { ClusterSpec, StackSpec } from "../../stack/spec.ts";
import { openTunnel } from "../compose/gateway/tunnel.ts";
import type { RunningStack, UpContext } from "../tier.ts";
import { forgetPrivateFiles, k3dEnvironment } from "./cluster/create.ts";
import { removeClusters } from "./cluster/remove-run.ts";
import { leaveWarm, onWarmOrNew, type WarmClusters } from "./cluster/reuse.ts";
import { layGround, type Machine } from "./ground.ts";
import { installStack } from "./install/install.ts";
import { untilReachable } from "./install/reachable.ts";
import { k3dStack } from "./running-stack.ts";
import { shellSurroundings } from "./shell-surroundings.ts";
import { watchClusters } from "./watch/watch-clusters.ts";

/**
 * Brings a stack up: images, clusters side by side, images into their nodes, gateway and DNS, charts and manifests, until
 * every workload is ready. On failure, or when `context.signal` is aborted, whatever was made is removed again before the
 * error is thrown. @throws USAGE_STACK, ENV_IMAGE, ENV_DISK, RUN_STACK, RUN_INTERRUPTED
 */
export function bringUp(machine: Machine, spec: StackSpec, context: UpContext): Promise<RunningStack> {
  return onWarmOrNew(context, (its, warm) => bringUpOn(machine, spec, its, warm));
}

async function bringUpOn(
  machine: Machine,
  spec: StackSpec,
  context: UpContext,
  warm: WarmClusters | null,
): Promise<RunningStack> {
  await using made = new AsyncDisposableStack();
  try {
    return await build(machine, spec, context, warm, made);
  } catch (error) {
    const takeDown = () => removeTrial(machine, context);
    await made.disposeAsync();
    await takeDown();
    if (!context.signal.aborted) throw error;
    // What a tool was just making when it was stopped may have been finished meanwhile.
    await takeDown();
    throw new FiredrillError("RUN_INTERRUPTED", "interrupted while the stack came up", { cause: error });
  }
}

async function build(
  machine: Machine,
  spec: StackSpec,
  context: UpContext,
  warm: WarmClusters | null,
  made: AsyncDisposableStack,
): Promise<RunningStack> {
  const { engine, tools } = machine;
  const { docker } = engine;
  const { runId, trial, runDir, signal, emit, clock } = context;
  const specs = clustersOf(spec);
  const ground = await layGround(machine, spec, specs, context, warm, made);
  const { clusters, gateway, follower, toolEnv, images, toolboxImage } = ground;
  const services = Object.values(spec.services);

  const watch = await watchClusters({ clusters, spec, docker, emit, clock, signal });
  made.defer(() => watch.stop());
  const seeds = mockSeeds(spec, context.seed);
  await installStack({ spec, clusters, tools, mockSeeds: seeds, env: toolEnv, clock, signal });
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
  const removeAll = () => removeTrial(machine, context);
  const { network, kubeconfig, mark } = ground;
  const standing = { network, kubeconfig, toolEnv };
  return k3dStack({
    docker,
    spec,
    clock,
    runId,
    trial,
    clusters,
    gateway,
    follower,
    watch,
    shell,
    toolboxImage,
    emit,
    kept: context.keepUntil !== null,
    removeAll,
    leaveWarm:
      context.reuse && mark !== null
        ? () =>
            leaveWarm({ trial, standing, mark }, { docker, tools, specs, runId, clock, signal, removeAll })
        : null,
    open: made.move(),
  });
}

/** Everything of a trial, and what only its clusters needed. */
async function removeTrial({ engine }: Machine, { clock, runId, runDir, trial }: UpContext): Promise<void> {
  await removeClusters(engine.docker, clock, runId, trial);
  await forgetPrivateFiles(runDir, trial);
}

function clustersOf(spec: StackSpec): readonly ClusterSpec[] {
  if (spec.kubernetes !== null) return spec.kubernetes.clusters;
  throw new FiredrillError("USAGE_STACK", `stack "${spec.name}" describes no cluster`, {
    received: spec.file || "running containers",
    expected: "a stack with clusters.yaml, a chart or manifests",
    hint: "--tier compose",
  });
}
