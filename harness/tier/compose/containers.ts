import type Docker from "dockerode";
import { FiredrillError } from "../../error.ts";
import {
  LABEL_COMPOSE_ONEOFF,
  LABEL_COMPOSE_PROJECT,
  LABEL_COMPOSE_SERVICE,
  labelFilter,
} from "../../stack/labels.ts";
import type { ServiceState } from "../tier.ts";

export interface ServiceContainer {
  readonly service: string;
  readonly id: string;
}

/**
 * The containers of a stack as they are now, sorted by service; asked anew each time, because a runbook may
 * replace a container at any moment. Those of `docker compose run` are no services.
 */
export async function serviceContainers(docker: Docker, project: string): Promise<ServiceContainer[]> {
  const list = await docker.listContainers({
    all: true,
    filters: labelFilter({ [LABEL_COMPOSE_PROJECT]: project }),
  });
  return list
    .filter(
      ({ Labels }) => Labels[LABEL_COMPOSE_SERVICE] !== undefined && Labels[LABEL_COMPOSE_ONEOFF] !== "True",
    )
    .map(({ Id, Labels }) => ({ service: Labels[LABEL_COMPOSE_SERVICE] ?? "", id: Id }))
    .toSorted((a, b) => a.service.localeCompare(b.service));
}

/** The state of a container in the harness's words; null stands for one that does not exist. */
export function describeState(service: string, info: Docker.ContainerInspectInfo | null): ServiceState {
  if (info === null) return { service, state: "missing", exitCode: null, oomKilled: false };
  const { State } = info;
  const state = stateWord(State.Status);
  return {
    service,
    state,
    exitCode: state === "running" || state === "paused" ? null : State.ExitCode,
    oomKilled: State.OOMKilled,
  };
}

function stateWord(status: string): ServiceState["state"] {
  switch (status) {
    case "running":
    case "paused":
    case "restarting":
      return status;
    default: // created, exited, dead, removing
      return "exited";
  }
}

/** Looks at a container; null when it is gone. */
export async function inspectOrNull(docker: Docker, id: string): Promise<Docker.ContainerInspectInfo | null> {
  try {
    return await docker.getContainer(id).inspect();
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** The end of a container's log as text; lines of both streams in order. */
export async function readLogs(docker: Docker, id: string, tailLines: number): Promise<string> {
  const container = docker.getContainer(id);
  const info = await inspectOrNull(docker, id);
  if (info === null) return "";
  const raw = await container.logs({ stdout: true, stderr: true, tail: tailLines });
  return info.Config.Tty ? raw.toString("utf8") : demultiplex(raw);
}

/**
 * Without a terminal the engine sends frames: stream (1 byte), three zeros, length (4 bytes, big-endian), then
 * the text (Docker Engine API, "Attach to a container", stream format).
 */
export function demultiplex(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let offset = 0; offset + 8 <= raw.length;) {
    const end = offset + 8 + raw.readUInt32BE(offset + 4);
    parts.push(raw.subarray(offset + 8, end));
    offset = end;
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The HTTP status of an engine's refusal, or null when the error is something else. */
export function statusOf(error: unknown): number | null {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === "number" ? status : null;
}

/** @throws USAGE_SELECTION always: the stack has no container of this service. */
export function noContainer(service: string, known: readonly string[]): never {
  throw new FiredrillError("USAGE_SELECTION", `the stack has no container of "${service}"`, {
    received: service,
    expected: `one of ${known.join(", ") || "(there are no containers)"}`,
  });
}
