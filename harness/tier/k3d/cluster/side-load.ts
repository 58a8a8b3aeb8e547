import { randomUUID } from "node:crypto";
import { finished } from "node:stream/promises";
import type { Duplex, Readable } from "node:stream";
import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import { demultiplex } from "../../compose/containers.ts";
import { exitStatusOfExec } from "../../compose/exec-status.ts";
import { inContainerd } from "./image-name.ts";
import { together } from "./together.ts";
import { diskFull, isDiskFull } from "./why-not-up.ts";

/** An image as manifests name it, and what the engine has for it. */
export interface LoadedImage {
  readonly image: string;
  readonly use: string;
}

const LOAD_WITHIN_MS = 5 * 60_000;
/** In the volume that k3d gives to all nodes of a cluster (k3d v5.9, pkg/types/defaults.go: DefaultImageVolumeMountPath). */
const SHARED = "/k3d/images";
const CTR = ["ctr", "-n", "k8s.io", "images"];

/**
 * Brings images from the engine into the containerd of every node, under the names by which manifests call them, so that
 * nothing is ever pulled. One archive flows from the engine into each cluster's shared volume, and every node imports it from
 * there: for two nodes a third faster than `k3d image import -m direct`, which sends it to each, and more with every node.
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
  const archive = await saveImages(docker, [...new Set(images.map(({ use }) => use))], within);
  // A name of its own: nodes that are added later may be loaded at the same time.
  const file = `${SHARED}/firedrill-${randomUUID()}.tar`;
  const clusters = [...Map.groupBy(nodes, clusterOfNode).values()];
  const doors = clusters.flatMap(([first]) => first ?? []);
  const copies = await Promise.all(
    doors.map((node) => openExec(docker, node, ["sh", "-c", `mkdir -p ${SHARED} && cat > ${file}`])),
  );
  // Only when all are open: whoever came later would miss the beginning.
  for (const { stream } of copies) archive.pipe(stream);
  archive.once("error", (error) => copies.forEach(({ stream }) => stream.destroy(error)));
  await Promise.all(copies.map((copy) => ended(copy, within)));
  await together(nodes, within, async (node, both) => {
    // Unpacked when the first container of an image is made (containerd, WithNewSnapshot): most nodes never run most images.
    await command(docker, node, [...CTR, "import", "--no-unpack", file], both);
    await nameAll(docker, node, images, both);
  });
  // It has served, and is as large as all images together.
  await Promise.all(doors.map((node) => command(docker, node, ["rm", file], within)));
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

interface Running {
  readonly node: string;
  readonly exec: Docker.Exec;
  /** Its input, and what it says. */
  readonly stream: Duplex;
}

async function openExec(docker: Docker, node: string, argv: readonly string[]): Promise<Running> {
  const exec = await docker.getContainer(node).exec({
    Cmd: [...argv],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  return { node, exec, stream: await exec.start({ hijack: true, stdin: true }) };
}

async function ended({ node, exec, stream }: Running, signal: AbortSignal): Promise<void> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await finished(stream, { writable: false, signal });
  const status = await exitStatusOfExec(exec);
  if (status === 0) return;
  const said = demultiplex(Buffer.concat(chunks)).trim();
  const how = status === null ? "the engine's connection ended in the middle" : `status ${status}`;
  throw notLoaded(node, said === "" ? how : said);
}

async function command(docker: Docker, node: string, argv: readonly string[], signal: AbortSignal) {
  const running = await openExec(docker, node, argv);
  running.stream.end();
  await ended(running, signal);
}

async function nameAll(docker: Docker, node: string, images: readonly LoadedImage[], signal: AbortSignal) {
  const pairs = images
    .map(({ image, use }) => [inContainerd(use), inContainerd(image)] as const)
    .filter(([from, to]) => from !== to);
  if (pairs.length === 0) return;
  const script = 'while [ $# -gt 0 ]; do ctr -n k8s.io images tag --force "$1" "$2" || exit 1; shift 2; done';
  await command(docker, node, ["sh", "-c", script, "sh", ...pairs.flat()], signal);
}

/** `k3d-fd-1a2b3c4d-t1-main-agent-0` → `k3d-fd-1a2b3c4d-t1-main`. */
const clusterOfNode = (node: string): string => node.replace(/-(server|agent)-\d+$/, "");

function notLoaded(node: string, output: string): FiredrillError {
  const received = output.slice(-500);
  if (isDiskFull(output)) return diskFull(`images were brought into ${node}`, received);
  return new FiredrillError("RUN_STACK", `images could not be brought into ${node}`, { received });
}
