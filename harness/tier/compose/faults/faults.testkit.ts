import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { loadMock } from "../../../../mocks/registry.ts";
import type { PreparedFault, ResolvedFault } from "../../../fault/injector.ts";
import type { CommonKind } from "../../../fault/kinds.ts";
import { parseFaultParams } from "../../../fault/registry.ts";
import { ensureToolbox, resolveImage } from "../../../stack/images/index.ts";
import { LABEL_RUN, labelFilter } from "../../../stack/labels.ts";
import { requireEngine } from "../engine.ts";
import { noContainer } from "../containers.ts";
import type { ComposeFaultContext } from "./context.ts";
import { composeAudit, composeInjectors, composeUndo } from "./index.ts";
import { type CommandResult, execIn } from "./toolbox.ts";

/** How a test's container is made; the image is a Debian with Node. */
export interface ServiceOptions {
  readonly command?: readonly string[];
  readonly host?: Docker.HostConfig;
  /** Default: a node of its own. */
  readonly node?: string;
  readonly expose?: readonly number[];
  /** Default: a Debian with Node. */
  readonly image?: string;
}

/** A program that answers every request with its name on port 8080. */
export const WEB_SERVER = [
  "node",
  "-e",
  `require("node:http").createServer((_, to) => to.end("hello from " + require("node:os").hostname())).listen(8080)`,
];
const IDLE = ["sleep", "3600"];

/** Containers on a network of their own, with everything that the compose tier gives to faults. */
export interface FaultBench extends AsyncDisposable {
  readonly docker: Docker;
  readonly runId: string;
  readonly context: ComposeFaultContext;
  /** Starts a container of this service and returns its id. */
  service(name: string, options?: ServiceOptions): Promise<string>;
  /** Runs a shell script inside a service's container. */
  inside(service: string, script: string): Promise<CommandResult>;
  /** Prepares, applies, and waits until the effect is confirmed. */
  inject(kind: CommonKind, target: string, fault?: Partial<ResolvedFault>): Promise<InjectedFault>;
  /** The container as the engine sees it. */
  inspect(service: string): Promise<Docker.ContainerInspectInfo>;
  /** Containers and volumes of this run that are not the test's own: what faults have left. */
  leftovers(): Promise<string[]>;
}

export interface InjectedFault {
  readonly prepared: PreparedFault;
  readonly evidence: string;
  /** Undoes everything and throws unless every audit is clean. */
  putBack(): Promise<string>;
}

/** Opens a bench; disposal removes whatever carries its run label. */
export async function faultBench(): Promise<FaultBench> {
  const { docker } = await requireEngine();
  const signal = new AbortController().signal;
  const toolboxImage = await ensureToolbox(docker, { signal });
  const { use: image } = await resolveImage(docker, "node:24", { signal });
  const runId = `faults-${randomBytes(4).toString("hex")}`;
  const labels = { [LABEL_RUN]: runId, "dev.firedrill.test": "faults" };
  const network = await docker.createNetwork({ Name: `fd-${runId}`, Labels: labels });
  const services = new Map<string, { id: string; node: string }>();
  const idOf = (name: string) => services.get(name)?.id ?? noContainer(name, [...services.keys()]);
  const context: ComposeFaultContext = {
    docker,
    runId,
    toolboxImage,
    mockOf: () => loadMock("llm"),
    emit: () => undefined,
    containerOf: async (name) => idOf(name),
    containersOnNode: async (name) => {
      const node = services.get(name)?.node;
      return [...services].filter(([, it]) => it.node === node).map(([service, { id }]) => ({ service, id }));
    },
    volumeOf: async (name) => {
      const { Mounts } = await docker.getContainer(idOf(name)).inspect();
      const mount = Mounts.find(({ Type }) => Type === "volume");
      return { name: mount?.Name ?? "", mountPath: mount?.Destination ?? "" };
    },
  };
  const injectors = composeInjectors(context);
  const filters = labelFilter({ [LABEL_RUN]: runId });

  return {
    docker,
    runId,
    context,
    async service(name, options = {}) {
      const { command = IDLE, host = {}, node = name, expose = [] } = options;
      const asked = options.image;
      const use = asked === undefined ? image : (await resolveImage(docker, asked, { signal })).use;
      const container = await docker.createContainer({
        Image: use,
        Cmd: [...command],
        Hostname: name,
        Labels: labels,
        ExposedPorts: Object.fromEntries(expose.map((port) => [`${port}/tcp`, {}])),
        HostConfig: { NetworkMode: network.id, Init: false, ...host },
        NetworkingConfig: { EndpointsConfig: { [`fd-${runId}`]: { Aliases: [name] } } },
      });
      services.set(name, { id: container.id, node });
      await container.start();
      return container.id;
    },
    inside: (service, script) => execIn(docker, idOf(service), ["sh", "-c", script]),
    async inject(kind, target, fault = {}) {
      const resolved: ResolvedFault = {
        id: `${kind}-${target}`,
        kind,
        targets: [target],
        peers: [],
        ttlMs: 300_000,
        ...fault,
        params: parseFaultParams(kind, fault.params),
      };
      const prepared = await injectors[kind].prepare(resolved);
      await prepared.apply();
      const evidence = await until(async () => {
        const answer = await prepared.confirm();
        return answer.confirmed ? answer.evidence : new Error(answer.evidence);
      });
      return { prepared, evidence, putBack: () => putBack(docker, prepared) };
    },
    inspect: (service) => docker.getContainer(idOf(service)).inspect(),
    async leftovers() {
      const own = new Set([...services.values()].map(({ id }) => id));
      const containers = await docker.listContainers({ all: true, filters });
      const volumes = await docker.listVolumes({ filters });
      return [
        ...containers.filter(({ Id }) => !own.has(Id)).map(({ Names }) => Names.join()),
        ...(volumes.Volumes ?? [])
          .filter((it) => it.Labels["dev.firedrill.test"] === undefined)
          .map((it) => it.Name),
      ];
    },
    async [Symbol.asyncDispose]() {
      for (const { Id } of await docker.listContainers({ all: true, filters })) {
        await docker
          .getContainer(Id)
          .remove({ force: true, v: true })
          .catch(() => undefined);
      }
      const { Volumes } = await docker.listVolumes({ filters });
      for (const { Name } of Volumes ?? []) await docker.getVolume(Name).remove();
      await network.remove();
    },
  };
}

async function putBack(docker: Docker, prepared: PreparedFault): Promise<string> {
  for (const action of prepared.undo) await composeUndo(docker, action);
  // Twice does no harm.
  for (const action of prepared.undo) await composeUndo(docker, action);
  const findings = await Promise.all(prepared.undo.map((action) => composeAudit(docker, action)));
  const detail = findings.map((it) => it.detail).join("; ");
  if (findings.some(({ clean }) => !clean)) throw new Error(`not clean: ${detail}`);
  return detail;
}

/** Asks until the answer is not an error, for as long as a busy machine may need. */
export async function until<T>(ask: () => Promise<T | Error>): Promise<T> {
  const attempts = 600;
  for (let attempt = 1; ; attempt++) {
    const answer = await ask();
    if (!(answer instanceof Error)) return answer;
    if (attempt === attempts) throw answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A volume of the test's own. */
export async function testVolume(
  { docker, runId }: FaultBench,
  name: string,
  options: Readonly<Record<string, string>> = {},
): Promise<string> {
  const Labels = { [LABEL_RUN]: runId, "dev.firedrill.test": "faults" };
  const Name = `${runId}-${name}`;
  await docker.createVolume({ Name, Labels, DriverOpts: { ...options } });
  return Name;
}
