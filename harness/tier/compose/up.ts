import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FiredrillError } from "../../error.ts";
import { ensureToolbox, resolveImage } from "../../stack/images/index.ts";
import { mockSeeds } from "../../stack/mock-seeds.ts";
import { projectName, runLabels } from "../../stack/labels.ts";
import type { StackSpec } from "../../stack/spec.ts";
import type { Clock } from "../../time/clock.ts";
import type { RunningStack, UpContext } from "../tier.ts";
import { runCompose, type ComposeCli } from "./compose-cli.ts";
import { removeRun } from "./down.ts";
import type { Engine } from "./engine.ts";
import { startGateway } from "./gateway/start-gateway.ts";
import { createNetworks } from "./networks.ts";
import {
  imagesToResolve,
  innerNames,
  isolateProject,
  parseProject,
  withImages,
  withSeeds,
  withSink,
  type ComposeProject,
} from "./project.ts";
import { composeStack } from "./running-stack.ts";
import { shellEnvironment } from "./shell-environment.ts";
import { projectServices, watchStates } from "./states.ts";
import { stackDidNotComeUp } from "./why-not-up.ts";

const CONFIG_WITHIN_MS = 30_000;
const BUILD_WITHIN_MS = 15 * 60_000;
/** Until every service is healthy. */
const HEALTHY_WITHIN_MS = 180_000;
/** Compose itself gives up first and says which service it waited for. */
const COMPOSE_GRACE_MS = 30_000;

/** A machine that can run stacks. */
export interface Machine {
  readonly engine: Engine;
  readonly cli: ComposeCli;
}

/**
 * Brings a stack up: images, networks, gateway, services, until all are healthy. On failure, or when `context.signal` is
 * aborted, whatever was made is removed again before the error is thrown.
 * @throws USAGE_STACK, ENV_IMAGE, RUN_STACK (with the log of what did not come up), RUN_INTERRUPTED.
 */
export async function bringUp(
  { engine, cli }: Machine,
  spec: StackSpec,
  context: UpContext,
): Promise<RunningStack> {
  const { clock } = context;
  try {
    return await build({ engine, cli }, spec, context, clock);
  } catch (error) {
    await removeRun(engine.docker, clock, context.runId, context.trial);
    if (context.signal.aborted) {
      // What Compose was just making when it was stopped may have been finished meanwhile.
      await removeRun(engine.docker, clock, context.runId, context.trial);
      throw new FiredrillError("RUN_INTERRUPTED", "interrupted while the stack came up", { cause: error });
    }
    throw error;
  }
}

async function build(
  { engine, cli }: Machine,
  spec: StackSpec,
  context: UpContext,
  clock: Clock,
): Promise<RunningStack> {
  const { docker } = engine;
  const { runId, trial, runDir, signal, emit } = context;
  const project = projectName(runId, trial);
  const labels = runLabels(context);
  const compose = (args: readonly string[], timeoutMs: number) =>
    runCompose(cli, {
      args: ["--ansi", "never", "--progress", "plain", "--project-name", project, ...args],
      // Without buildx the classic builder does what a stack needs.
      env: { DOCKER_HOST: engine.host, DOCKER_BUILDKIT: "0" },
      timeoutMs,
      signal,
    });

  const config = await compose(["--file", spec.file, "config", "--format", "json"], CONFIG_WITHIN_MS);
  if (!config.ok) {
    throw new FiredrillError("USAGE_STACK", `Compose refuses ${spec.file}`, {
      received: config.complaint.trim(),
      hint: `docker compose -f ${spec.file} config`,
    });
  }
  const user = withSeeds(parseProject(config.stdout), mockSeeds(spec, context.seed));
  const isolated = isolateProject(user, { stack: spec.name, project, labels });
  const images = await findImages(isolated, engine, context);
  const toolboxImage = await ensureToolbox(docker, { signal });
  signal.throwIfAborted();

  const networks = await createNetworks(docker, isolated);
  const gateway = await startGateway(
    docker,
    {
      project,
      labels,
      image: toolboxImage,
      networks: networks.map(({ name }) => name),
      services: Object.values(spec.services),
      innerNames: innerNames(isolated),
    },
    clock,
    signal,
  );
  const sinks = new Map(networks.map(({ key, name }) => [key, gateway.addresses.get(name) ?? ""]));
  const file = join(runDir, `compose.t${trial}.json`);
  await writeFile(file, `${JSON.stringify(withSink(withImages(isolated, images), sinks), null, 2)}\n`);

  const built = Object.entries(isolated.services).flatMap(([name, service]) =>
    service.build === undefined ? [] : [name],
  );
  if (built.length > 0) {
    const result = await compose(["--file", file, "build", ...built], BUILD_WITHIN_MS);
    if (!result.ok) throw await stackDidNotComeUp(docker, project, spec, result.complaint);
  }
  const seconds = String(HEALTHY_WITHIN_MS / 1_000);
  const up = ["--file", file, "up", "--detach", "--wait", "--wait-timeout", seconds, "--no-build"];
  const result = await compose(up, HEALTHY_WITHIN_MS + COMPOSE_GRACE_MS);
  if (!result.ok) throw await stackDidNotComeUp(docker, project, spec, result.complaint);

  const urlOf = (service: string, port: number) => {
    const hostPort = gateway.forwards.get(`${service}:${port}`);
    return hostPort === undefined ? undefined : `http://127.0.0.1:${hostPort}`;
  };
  const shell = {
    env: await shellEnvironment({
      spec,
      urlOf,
      engineHost: engine.host,
      compose: { project, file, cli, runDir },
    }),
    cwd: dirname(spec.file),
  };
  return composeStack({
    docker,
    spec,
    clock,
    runId,
    trial,
    project,
    gateway,
    networkNames: networks.map(({ name }) => name),
    toolboxImage,
    shell,
    watch: await watchStates(docker, projectServices(project), emit, clock),
    emit,
    kept: context.keepUntil !== null,
  });
}

/** Image as named → image to run. Each one that is found is told. */
async function findImages(
  project: ComposeProject,
  { docker }: Engine,
  { emit, signal }: UpContext,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const image of imagesToResolve(project)) {
    const { use, how, substitution } = await resolveImage(docker, image, { signal });
    emit({ kind: "run.image", image, use, how, substitution });
    found.set(image, use);
  }
  return found;
}
