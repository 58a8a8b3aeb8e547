import type Docker from "dockerode";
import type { Clock } from "../../../time/clock.ts";
import { inspectOrNull } from "../../compose/containers.ts";
import { type EngineEvent, type EngineStream, followEngine } from "../../compose/engine-stream.ts";
import type { ContainerFact } from "./node-facts.ts";

/** Labels that k3d sets on every node's container (k3d v5.9.0, pkg/types/types.go). */
const LABEL_APP = "app=k3d";
const LABEL_CLUSTER = "k3d.cluster";
const LABEL_ROLE = "k3d.role";
const NODE_ROLES: ReadonlySet<string> = new Set(["server", "agent"]);
const ACTIONS = ["start", "die", "pause", "unpause", "destroy"];

/** A container of one of our clusters' nodes, and what is known of it. */
export interface NodeContainer {
  readonly clusterId: string;
  /** Also the name of the Node object. */
  readonly name: string;
  readonly role: "server" | "agent";
  readonly fact: ContainerFact;
}

/** Keeps `into` (by name) up to date with what the engine sees of the clusters' nodes. Complete when this resolves. */
export async function watchContainers(
  docker: Docker,
  clusterIds: readonly string[],
  into: Map<string, NodeContainer>,
  onChange: (changed: NodeContainer, action: string) => void,
  clock: Clock,
): Promise<EngineStream> {
  const tell = (event: EngineEvent) => {
    const labels = event.Actor?.Attributes ?? {};
    const found = ours(labels["name"] ?? "", labels, clusterIds);
    if (found === null || event.Action === undefined) return;
    const atMs = Math.floor((event.timeNano ?? 0) / 1e6);
    const before = into.get(found.name)?.fact ?? startedAt(0);
    const fact = afterAction(before, event.Action, atMs, Number(labels["exitCode"] ?? 0));
    into.set(found.name, { ...found, fact });
    onChange({ ...found, fact }, event.Action);
  };
  // Listening comes first: what happens while the containers are looked at is told, and not overwritten below.
  const stream = await followEngine(docker, { label: [LABEL_APP], event: ACTIONS }, tell, clock);
  const list = await docker.listContainers({ all: true, filters: { label: [LABEL_APP] } });
  for (const { Id, Names, Labels } of list) {
    const found = ours(Names[0]?.slice(1) ?? "", Labels, clusterIds);
    const info = found && (await inspectOrNull(docker, Id));
    if (found && info && !into.has(found.name)) into.set(found.name, { ...found, fact: factOf(info) });
  }
  return stream;
}

function ours(name: string, labels: Readonly<Record<string, string>>, clusterIds: readonly string[]) {
  const clusterId = labels[LABEL_CLUSTER] ?? "";
  const role = labels[LABEL_ROLE] ?? "";
  if (!clusterIds.includes(clusterId) || !NODE_ROLES.has(role)) return null;
  return { clusterId, name, role: role as NodeContainer["role"] };
}

function factOf({ State }: Docker.ContainerInspectInfo): ContainerFact {
  const startedMs = Date.parse(State.StartedAt) || 0;
  const state = State.Paused ? "paused" : State.Running ? "running" : "exited";
  return { state, startedMs, awakeMs: startedMs, exitCode: State.Running ? null : State.ExitCode };
}

const startedAt = (atMs: number): ContainerFact => ({
  state: "running",
  startedMs: atMs,
  awakeMs: atMs,
  exitCode: null,
});

/** What is known after one of {@link ACTIONS}. */
function afterAction(before: ContainerFact, action: string, atMs: number, exitCode: number): ContainerFact {
  switch (action) {
    case "start":
      return startedAt(atMs);
    case "pause":
      return { ...before, state: "paused" };
    case "unpause":
      return { ...before, state: "running", awakeMs: atMs };
    case "die":
      return { ...before, state: "exited", exitCode };
    default: // destroy
      return { ...before, state: "missing", exitCode: null };
  }
}
