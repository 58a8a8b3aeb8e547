import { finished } from "node:stream/promises";
import type { Duplex, Readable } from "node:stream";
import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import { demultiplex } from "../../compose/containers.ts";
import { execIn } from "../../compose/faults/toolbox.ts";
import { inContainerd } from "./image-name.ts";
import { diskFull, isDiskFull } from "./why-not-up.ts";

/** An image as manifests name it, and what the engine has for it. */
export interface LoadedImage {
  readonly image: string;
  readonly use: string;
}

const LOAD_WITHIN_MS = 5 * 60_000;
const CTR = ["ctr", "-n", "k8s.io", "images"];

/**
 * Brings images from the engine into the containerd of every node, under the names by which manifests call them, so that
 * nothing is ever pulled. One archive flows from the engine into all nodes at once: nothing is written in between.
 * @throws ENV_DISK, RUN_STACK
 */
export async function sideLoad(
  docker: Docker,
  nodes: readonly string[],
  images: readonly LoadedImage[],
  signal: AbortSignal,
): Promise<void> {
  if (images.length === 0 || nodes.length === 0) return;
  const within = AbortSignal.any([signal, AbortSignal.timeout(LOAD_WITHIN_MS)]);
  const archives = [...new Set(images.map(({ use }) => use))];
  const archive = await saveImages(docker, archives, within);
  const imports = await Promise.all(nodes.map((node) => openImport(docker, node)));
  // Only when all are open: whoever came later would miss the beginning.
  for (const { stream } of imports) archive.pipe(stream);
  archive.once("error", (error) => imports.forEach(({ stream }) => stream.destroy(error)));
  await Promise.all(imports.map((one) => ended(one, within)));
  await Promise.all(nodes.map((node) => nameAll(docker, node, images)));
}

/** `docker save`; dockerode itself saves only one image at a time, so that layers which they share would go twice. */
function saveImages(docker: Docker, images: readonly string[], signal: AbortSignal): Promise<Readable> {
  const names = images.map((image) => `names=${encodeURIComponent(image)}&`).join("");
  // docker-modem takes the last character of a path with a question mark away when no options follow.
  const request = {
    path: `/images/get?${names}`,
    method: "GET",
    isStream: true,
    statusCodes: { 200: true, 404: "no such image", 500: "server error" },
    abortSignal: signal,
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error, archive) => {
      if (error) reject(error as Error);
      else resolve(archive as Readable);
    });
  });
}

interface Import {
  readonly node: string;
  readonly exec: Docker.Exec;
  /** The archive goes in, what `ctr` says comes out. */
  readonly stream: Duplex;
}

async function openImport(docker: Docker, node: string): Promise<Import> {
  const exec = await docker.getContainer(node).exec({
    Cmd: [...CTR, "import", "-"],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  return { node, exec, stream: await exec.start({ hijack: true, stdin: true }) };
}

async function ended({ node, exec, stream }: Import, signal: AbortSignal): Promise<void> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await finished(stream, { writable: false, signal });
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw notLoaded(node, demultiplex(Buffer.concat(chunks)));
}

async function nameAll(docker: Docker, node: string, images: readonly LoadedImage[]): Promise<void> {
  const pairs = images
    .map(({ image, use }) => [inContainerd(use), inContainerd(image)] as const)
    .filter(([from, to]) => from !== to);
  if (pairs.length === 0) return;
  const script = 'while [ $# -gt 0 ]; do ctr -n k8s.io images tag --force "$1" "$2" || exit 1; shift 2; done';
  const { exitCode, output } = await execIn(docker, node, ["sh", "-c", script, "sh", ...pairs.flat()]);
  if (exitCode !== 0) throw notLoaded(node, output);
}

function notLoaded(node: string, output: string): FiredrillError {
  const received = output.trim().slice(-500);
  if (isDiskFull(output)) return diskFull(`images were brought into ${node}`, received);
  return new FiredrillError("RUN_STACK", `images could not be brought into ${node}`, { received });
}
