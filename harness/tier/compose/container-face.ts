import type Docker from "dockerode";
import type { Emit } from "../../events/vocabulary.ts";
import { mockOf } from "../../fault/mock/mock-of.ts";
import type { StackSpec } from "../../stack/spec.ts";
import type { RunningStack } from "../tier.ts";
import { describeState, inspectOrNull, noContainer, readLogs, type ServiceContainer } from "./containers.ts";
import type { ComposeFaultContext } from "./faults/context.ts";
import { composeAudit, composeInjectors, composeUndo } from "./faults/index.ts";
import { volumeOf } from "./volume-of.ts";

/** How much of a service's log is worth keeping. */
const LOG_LINES = 5_000;

/** What is needed to look at a stack's containers and to break them. */
export interface ContainerFaceParts {
  readonly docker: Docker;
  readonly spec: StackSpec;
  readonly runId: string;
  readonly toolboxImage: string;
  readonly emit: Emit;
  /** The services' containers as they are now. */
  readonly find: () => Promise<readonly ServiceContainer[]>;
}

/** The part of a running stack that is the same whether we have made its containers or a test has. */
export function containerFace(
  parts: ContainerFaceParts,
): Pick<RunningStack, "state" | "logs" | "injectors" | "undo" | "audit"> {
  const { docker, find } = parts;
  const findId = async (service: string): Promise<string | null> =>
    (await find()).find((container) => container.service === service)?.id ?? null;
  return {
    async state(service) {
      const id = await findId(service);
      return describeState(service, id === null ? null : await inspectOrNull(docker, id));
    },
    async logs(service) {
      const id = await findId(service);
      return id === null ? "" : readLogs(docker, id, LOG_LINES);
    },
    injectors: composeInjectors(faultContext(parts)),
    undo: (action) => composeUndo(docker, action),
    audit: (action) => composeAudit(docker, action),
  };
}

function faultContext({
  docker,
  spec,
  runId,
  toolboxImage,
  emit,
  find,
}: ContainerFaceParts): ComposeFaultContext {
  const containerOf = async (service: string): Promise<string> => {
    const containers = await find();
    const found = containers.find((container) => container.service === service);
    return (
      found?.id ??
      noContainer(
        service,
        containers.map((container) => container.service),
      )
    );
  };
  return {
    docker,
    runId,
    containerOf,
    async containersOnNode(service) {
      const node = spec.services[service]?.node;
      if (node === undefined) return noContainer(service, Object.keys(spec.services));
      return (await find()).filter((container) => spec.services[container.service]?.node === node);
    },
    volumeOf: async (service, volume) =>
      volumeOf(service, await docker.getContainer(await containerOf(service)).inspect(), spec, volume),
    mockOf: (service) => mockOf(spec, service),
    toolboxImage,
    emit,
  };
}
