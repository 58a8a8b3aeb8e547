import type Docker from "dockerode";
import { Writable } from "node:stream";
import { FiredrillError } from "../../../error.ts";
import { type CommandResult, runHelper, type Toolbox } from "../../compose/faults/toolbox.ts";

/** A command in a node; the slowest, kubectl against a busy API server, takes a few seconds. */
const ANSWER_WITHIN_MS = 30_000;

/** What a command in a node said. */
export interface NodeAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command in a node's container, as root. `node`: its container's name or id.
 * @throws RUN_FAULT when it takes too long; the engine's refusal when the node does not run (409) or is gone (404)
 */
export async function execInNode(
  docker: Docker,
  node: string,
  argv: readonly string[],
  { stdin = "" }: { readonly stdin?: string } = {},
): Promise<NodeAnswer> {
  const options = { Cmd: [...argv], AttachStdout: true, AttachStderr: true, AttachStdin: stdin !== "" };
  const exec = await docker.getContainer(node).exec(options);
  const stream = await exec.start({ hijack: true, stdin: stdin !== "" });
  const out = collector();
  const err = collector();
  docker.modem.demuxStream(stream, out.sink, err.sink);
  const read = new Promise<void>((resolve) => stream.once("end", resolve).once("close", resolve));
  if (stdin !== "") stream.end(stdin);
  await withinLimit(read, `"${argv[0]}" in ${node}`).finally(() => stream.destroy());
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? -1, stdout: out.text().trim(), stderr: err.text().trim() };
}

/** What a command said on its standard output; it must have succeeded. @throws RUN_FAULT with its complaint */
export function answered(what: string, { exitCode, stdout, stderr }: NodeAnswer): string {
  if (exitCode === 0) return stdout;
  throw new FiredrillError("RUN_FAULT", `${what} failed with status ${exitCode}`, {
    received: (stderr || stdout).slice(-500),
  });
}

/** Runs a command of the toolbox among a node's processes and in its network. `node`: its container's name or id. */
export function inNode(toolbox: Toolbox, node: string, argv: readonly string[]): Promise<CommandResult> {
  return runHelper(toolbox, argv, {
    NetworkMode: `container:${node}`,
    PidMode: `container:${node}`,
    Privileged: true,
  });
}

/** Runs a command of the toolbox in the network of the pod to which this process of the node belongs. */
export function inPodNetwork(
  toolbox: Toolbox,
  node: string,
  pid: number,
  argv: readonly string[],
): Promise<CommandResult> {
  return inNode(toolbox, node, ["nsenter", "-t", String(pid), "-n", ...argv]);
}

/**
 * The first process of a pod's container, as the node numbers it; null when it does not run there.
 * `containerID` as a pod's status has it: `containerd://…`.
 */
export async function podProcess(docker: Docker, node: string, containerID: string): Promise<number | null> {
  // `ctr` finds the runtime's socket by itself, in rancher/k3s (a link to k3s) as in our node image.
  const tasks = answered("listing containers", await execInNode(docker, node, [...TASKS, "ls"]));
  const id = containerID.replace(/^containerd:\/\//, "");
  const row = tasks.split("\n").map((line) => line.trim().split(/\s+/));
  const pid = Number(row.find(([task, , status]) => task === id && status !== "STOPPED")?.[1] ?? 0);
  return pid > 0 ? pid : null;
}

/** The kubelet's containers are in the runtime's namespace `k8s.io`. */
const TASKS = ["ctr", "--namespace", "k8s.io", "tasks"];

function collector(): { readonly sink: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { sink, text: () => Buffer.concat(chunks).toString("utf8") };
}

async function withinLimit(work: Promise<void>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    const error = new FiredrillError("RUN_FAULT", `${what} took longer than ${ANSWER_WITHIN_MS} ms`);
    timer = setTimeout(() => reject(error), ANSWER_WITHIN_MS);
  });
  try {
    await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
