import type Docker from "dockerode";
import { answered, execInNode } from "../in-node.ts";

/** containerd's own command line, in every node; the kubelet's containers are in the namespace `k8s.io`. */
const TASKS = ["ctr", "--namespace", "k8s.io", "tasks"];

export type TaskState = "RUNNING" | "PAUSED" | "PAUSING" | "STOPPED" | "CREATED" | "UNKNOWN";

/** What the runtime knows of a node's containers: id → state. @throws when the node does not run */
export async function taskStates(docker: Docker, node: string): Promise<ReadonlyMap<string, TaskState>> {
  const table = answered("listing containers", await execInNode(docker, node, [...TASKS, "ls"]));
  const rows = table.split("\n").slice(1);
  return new Map(
    rows.map((row) => {
      const [id = "", , state = "UNKNOWN"] = row.trim().split(/\s+/);
      return [id, state as TaskState];
    }),
  );
}

/** Freezes every process of a container (the kernel's freezer). */
export async function freezeTask(docker: Docker, node: string, id: string): Promise<void> {
  answered("freezing", await execInNode(docker, node, [...TASKS, "pause", id]));
}

/** Thaws a container; one that is gone or was not frozen needs no thawing. */
export async function thawTask(docker: Docker, node: string, id: string): Promise<void> {
  const answer = await execInNode(docker, node, [...TASKS, "resume", id]);
  if (answer.exitCode === 0 || (await taskStates(docker, node)).get(id) !== "PAUSED") return;
  answered("thawing", answer);
}

/**
 * SIGKILL to a container's first process, or to all of its processes, frozen or not. To the kubelet it is a death by
 * itself. One that is gone needs no killing.
 */
export async function killTask(
  docker: Docker,
  node: string,
  id: string,
  who: "first" | "all",
): Promise<void> {
  const all = who === "all" ? ["--all"] : [];
  const answer = await execInNode(docker, node, [...TASKS, "kill", "--signal", "SIGKILL", ...all, id]);
  if (answer.exitCode === 0 || !isAlive((await taskStates(docker, node)).get(id))) return;
  answered("killing", answer);
}

export const isAlive = (state: TaskState | undefined): boolean => state !== undefined && state !== "STOPPED";
