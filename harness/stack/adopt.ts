import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import type Docker from "dockerode";
import { FiredrillError } from "../error.ts";
import type { Emit } from "../events/vocabulary.ts";
import { RequestError } from "../service/http.ts";
import { containerFace } from "../tier/compose/container-face.ts";
import { inspectOrNull, type ServiceContainer } from "../tier/compose/containers.ts";
import { removeRun } from "../tier/compose/down.ts";
import { requireEngine } from "../tier/compose/engine.ts";
import { adoptedFingerprint } from "../tier/compose/fingerprint.ts";
import { exchange } from "../tier/compose/http-exchange.ts";
import { addressAttempts } from "../tier/compose/outside.ts";
import { shellEnvironment } from "../tier/compose/shell-environment.ts";
import { runShell } from "../tier/compose/shell.ts";
import { watchStates } from "../tier/compose/states.ts";
import type { RunningStack } from "../tier/tier.ts";
import { systemClock } from "../time/system-clock.ts";
import { adoptedSpec, hostPort } from "./adopted-spec.ts";
import { ensureToolbox } from "./images/index.ts";
import { LABEL_RUN } from "./labels.ts";

/** A container that runs already: a testcontainers `StartedTestContainer`, anything with an id, or the id itself. */
export type Adoptable = string | { readonly id: string } | { getId(): string };

export interface AdoptOptions {
  /** Receives `service.state` events and what faults tell. */
  readonly emit?: Emit;
  /** Stops a build of the helper image. */
  readonly signal?: AbortSignal;
}

/**
 * Takes containers that a test has started, by role, as a stack: the same faults, probes and requests as on a stack of
 * ours. A role with one container is a service of that name; with several they are `role-1`, `role-2`, … The containers
 * stay the test's own: disposal removes our helpers only. Requests go to the mapped host ports as they are at that
 * moment; behind the engine's port proxy a closed port shows as `reset`, where the compose tier says `refused`.
 * @throws USAGE_STACK when a container does not exist, ENV_ENGINE, ENV_IMAGE.
 */
export async function adoptContainers(
  roles: Readonly<Record<string, Adoptable | readonly Adoptable[]>>,
  options: AdoptOptions = {},
): Promise<RunningStack> {
  const { docker, host } = await requireEngine();
  const clock = systemClock();
  const emit = options.emit ?? (() => {});
  const runId = `adopted-${randomUUID().slice(0, 8)}`;
  const members = await findMembers(docker, roles);
  const spec = adoptedSpec(members);
  const containers: ServiceContainer[] = members.map(({ service, info }) => ({ service, id: info.Id }));
  const idOf = new Map(containers.map(({ service, id }) => [service, id]));
  const labels = { [LABEL_RUN]: runId };
  const toolboxImage = await ensureToolbox(docker, {
    signal: options.signal ?? new AbortController().signal,
  });

  const ports = new Map(members.flatMap(({ service, info }) => portsOf(service, info)));
  const env = await shellEnvironment({
    spec,
    urlOf: (service, port) => ports.get(`${service}:${port}`),
    engineHost: host,
    compose: null,
  });
  const serviceOf = (id: string) => containers.find((container) => container.id === id)?.service ?? null;
  const watch = await watchStates(
    docker,
    { filters: { container: [...idOf.values()] }, serviceOf },
    emit,
    clock,
  );
  return {
    ...containerFace({ docker, spec, runId, toolboxImage, emit, find: async () => containers }),
    tier: "compose",
    spec,
    clock,
    request: (request) =>
      exchange(request, (service, port, signal) => connectMapped(docker, idOf.get(service), port, signal)),
    runShell: (step) => runShell(step, { env, cwd: process.cwd() }),
    fingerprint: () => adoptedFingerprint(docker, idOf),
    async outsideAttempts() {
      const { attempts, detail } = await addressAttempts({
        docker,
        toolboxImage,
        labels,
        containers,
        networkIds: [],
      });
      return {
        attempts,
        detail: `adopted containers are not shut in, so only failed ways out are seen; ${detail}`,
      };
    },
    async [Symbol.asyncDispose]() {
      await watch.stop();
      await removeRun(docker, clock, runId);
    },
  };
}

interface Member {
  readonly service: string;
  readonly role: string;
  readonly info: Docker.ContainerInspectInfo;
}

async function findMembers(
  docker: Docker,
  roles: Readonly<Record<string, Adoptable | readonly Adoptable[]>>,
): Promise<Member[]> {
  const members: Member[] = [];
  for (const [role, given] of Object.entries(roles)) {
    const list = Array.isArray(given) ? (given as readonly Adoptable[]) : [given as Adoptable];
    for (const [index, container] of list.entries()) {
      const id = idOfAdoptable(container);
      const info = await inspectOrNull(docker, id);
      if (info === null) {
        throw new FiredrillError("USAGE_STACK", `the container for role "${role}" does not exist`, {
          received: id,
          expected: "a container that has been started on the engine that Firedrill uses",
        });
      }
      members.push({ role, info, service: list.length === 1 ? role : `${role}-${index + 1}` });
    }
  }
  if (members.length > 0) return members;
  throw new FiredrillError("USAGE_STACK", "no containers to adopt", { expected: "{ role: container, … }" });
}

function idOfAdoptable(container: Adoptable): string {
  if (typeof container === "string") return container;
  return "getId" in container ? container.getId() : container.id;
}

function portsOf(service: string, info: Docker.ContainerInspectInfo): [string, string][] {
  return Object.keys(info.NetworkSettings.Ports).flatMap((key): [string, string][] => {
    const port = Number.parseInt(key, 10);
    const mapped = hostPort(info, port);
    return mapped === null ? [] : [[`${service}:${port}`, `http://127.0.0.1:${mapped}`]];
  });
}

/** The mapping is looked up each time: it changes whenever the container is restarted. */
async function connectMapped(
  docker: Docker,
  id: string | undefined,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const info = id === undefined ? null : await inspectOrNull(docker, id);
  if (info === null) throw new RequestError("unresolved", "there is no such service");
  const mapped = hostPort(info, port);
  if (mapped === null)
    throw new RequestError("refused", `port ${port} is not mapped to the host (${info.State.Status})`);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: mapped, signal });
    socket.once("connect", () => resolve(socket)).once("error", reject);
  });
}
