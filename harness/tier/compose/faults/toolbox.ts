import { createHash } from "node:crypto";
import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import { LABEL_PART, LABEL_RUN, LABEL_TRIAL, labelFilter } from "../../../stack/labels.ts";
import { demultiplex, inspectOrNull, statusOf } from "../containers.ts";
import { exitStatusOfExec } from "../exec-status.ts";
import type { ComposeFaultContext } from "./context.ts";

/** On helpers that stay while a fault lasts: which fault they belong to. */
const LABEL_FAULT = "dev.firedrill.fault";
/** Linux capabilities of a helper that changes packet filters or queues. */
const NETWORK_ADMIN = ["NET_ADMIN", "NET_RAW"];
/** A helper's whole life; starting a container takes about half a second on an idle machine. */
const HELPER_LIMIT_MS = 30_000;
/** A removal that the engine has begun by itself ends some time later. */
const REMOVAL_LOOKS = 200;
const REMOVAL_LOOK_EVERY_MS = 50;

/** Where helper containers come from and what they are labelled with. */
export interface Toolbox {
  readonly docker: Docker;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a command said: both streams in order of arrival. */
export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

/** What helpers need to know of a tier's faults. */
export type HelperContext = Pick<ComposeFaultContext, "docker" | "runId" | "toolboxImage">;

/** The toolbox for faults on this container: helpers carry its run and trial, and go when these go. */
export async function toolboxFor(context: HelperContext, containerId: string): Promise<Toolbox> {
  const { Config } = await context.docker.getContainer(containerId).inspect();
  const trial = Config.Labels[LABEL_TRIAL];
  return {
    docker: context.docker,
    image: context.toolboxImage,
    labels: { [LABEL_RUN]: context.runId, ...(trial === undefined ? {} : { [LABEL_TRIAL]: trial }) },
  };
}

/** A short name for one fault on one target, the same whenever it is asked for: eight hexadecimal digits. */
export function faultToken(
  context: Pick<HelperContext, "runId">,
  faultId: string,
  containerId: string,
): string {
  const parts = JSON.stringify([context.runId, faultId, containerId]);
  return createHash("sha256").update(parts).digest("hex").slice(0, 8);
}

/** A toolbox whose helpers can be found by `findHelpers` and ended by `removeHelpers`. */
export function marked(toolbox: Toolbox, token: string): Toolbox {
  return { ...toolbox, labels: { ...toolbox.labels, [LABEL_FAULT]: token } };
}

/** Runs a command in a container of its own that is gone afterwards. @throws RUN_FAULT when it takes too long */
export async function runHelper(
  toolbox: Toolbox,
  argv: readonly string[],
  hostConfig: Docker.HostConfig = {},
  env: readonly string[] = [],
): Promise<CommandResult> {
  const container = await toolbox.docker.createContainer({
    Image: toolbox.image,
    Entrypoint: [],
    Cmd: [...argv],
    Env: [...env],
    Labels: { ...toolbox.labels, [LABEL_PART]: "fault-helper" },
    HostConfig: { ...hostConfig, AutoRemove: true },
  });
  const chunks: Buffer[] = [];
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    // Asked before the start: afterwards there is nobody left to ask. Until it is removed, an audit could still see it.
    const ended = container.wait({ condition: "removed" }) as Promise<{ StatusCode: number }>;
    const read = new Promise<void>((resolve) => stream.once("end", resolve).once("close", resolve));
    await container.start();
    const [{ StatusCode }] = await limited(Promise.all([ended, read]), `the helper "${argv[0]}"`);
    return { exitCode: StatusCode, output: demultiplex(Buffer.concat(chunks)).trim() };
  } catch (error) {
    await removeContainer(toolbox.docker, container.id);
    throw error;
  }
}

/** Runs a command inside the network namespace of a running container. */
export function inNetworkOf(
  toolbox: Toolbox,
  containerId: string,
  argv: readonly string[],
): Promise<CommandResult> {
  return runHelper(toolbox, argv, { NetworkMode: `container:${containerId}`, CapAdd: NETWORK_ADMIN });
}

/** Starts a helper that stays in a container's network namespace until it is removed or its command ends. Mark the toolbox. */
export function startNetworkHelper(
  toolbox: Toolbox,
  containerId: string,
  argv: readonly string[],
): Promise<string> {
  return startHelper(toolbox, argv, { NetworkMode: `container:${containerId}`, CapAdd: NETWORK_ADMIN });
}

/** Starts a helper that stays until it is removed or its command ends, and returns its id. Mark the toolbox. */
export async function startHelper(
  toolbox: Toolbox,
  argv: readonly string[],
  hostConfig: Docker.HostConfig,
): Promise<string> {
  const container = await toolbox.docker.createContainer({
    Image: toolbox.image,
    Entrypoint: [],
    Cmd: [...argv],
    Labels: { ...toolbox.labels, [LABEL_PART]: "fault-helper" },
    HostConfig: { ...hostConfig, AutoRemove: true },
  });
  await container.start();
  return container.id;
}

/** Helpers of a fault that are still there. */
export async function findHelpers(docker: Docker, token: string): Promise<string[]> {
  const filters = labelFilter({ [LABEL_FAULT]: token });
  return (await docker.listContainers({ all: true, filters })).map(({ Id }) => Id);
}

/** Removes a fault's helpers, running or not. */
export async function removeHelpers(docker: Docker, token: string): Promise<void> {
  for (const id of await findHelpers(docker, token)) await removeContainer(docker, id);
}

/** Runs a command in a running container, as the container's own user. @throws when it is not running or paused */
export async function execIn(
  docker: Docker,
  containerId: string,
  argv: readonly string[],
): Promise<CommandResult> {
  const exec = await docker
    .getContainer(containerId)
    .exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true, stdin: false });
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  const read = new Promise<void>((resolve) => stream.once("end", resolve).once("close", resolve));
  await limited(read, `"${argv[0]}" in the container`);
  const status = await exitStatusOfExec(exec);
  return { exitCode: status ?? -1, output: demultiplex(Buffer.concat(chunks)).trim() };
}

/** The same command, and it must succeed. @throws RUN_FAULT with its output */
export function succeeded(what: string, { exitCode, output }: CommandResult): string {
  if (exitCode === 0) return output;
  throw new FiredrillError("RUN_FAULT", `${what} failed with status ${exitCode}`, {
    received: output.slice(-500),
  });
}

async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true });
  } catch (error) {
    // 404: gone already. 409: the engine is removing it.
    if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
  }
  for (let attempt = 0; attempt < REMOVAL_LOOKS; attempt++) {
    if ((await inspectOrNull(docker, id)) === null) return;
    await new Promise((resolve) => setTimeout(resolve, REMOVAL_LOOK_EVERY_MS));
  }
  throw new FiredrillError("RUN_FAULT", "the engine does not remove a helper container", { received: id });
}

async function limited<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    const error = new FiredrillError("RUN_FAULT", `${what} took longer than ${HELPER_LIMIT_MS} ms`);
    timer = setTimeout(() => reject(error), HELPER_LIMIT_MS);
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
