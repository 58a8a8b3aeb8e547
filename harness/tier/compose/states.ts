import type Docker from "dockerode";
import type { Emit } from "../../events/vocabulary.ts";
import {
  LABEL_COMPOSE_ONEOFF,
  LABEL_COMPOSE_PROJECT,
  LABEL_COMPOSE_SERVICE,
  labelFilter,
} from "../../stack/labels.ts";
import type { Clock } from "../../time/clock.ts";
import type { ServiceState } from "../tier.ts";
import { inspectOrNull } from "./containers.ts";
import { type EngineEvent, type EngineStream, followEngine } from "./engine-stream.ts";

/** Whose events are told, and under which name. */
export interface Watched {
  /** For the engine's event stream. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  /** Null: none of ours. */
  readonly serviceOf: (id: string, attributes: Readonly<Record<string, string>>) => string | null;
}

/** The services of a Compose project; containers of `docker compose run` are none. */
export function projectServices(project: string): Watched {
  return {
    filters: labelFilter({ [LABEL_COMPOSE_PROJECT]: project }),
    serviceOf: (_id, attributes) =>
      attributes[LABEL_COMPOSE_ONEOFF] === "True" ? null : (attributes[LABEL_COMPOSE_SERVICE] ?? null),
  };
}

const ACTIONS = ["start", "die", "oom", "pause", "unpause", "destroy"];

/** Tells what the engine sees happen to the stack's containers, by a fault or by itself, as `service.state` events. */
export function watchStates(
  docker: Docker,
  watched: Watched,
  emit: Emit,
  clock: Clock,
): Promise<EngineStream> {
  const oomSeen = new Set<string>();
  return followEngine(
    docker,
    { ...watched.filters, event: ACTIONS },
    (event) => tell(docker, event, watched, oomSeen, emit),
    clock,
  );
}

async function tell(
  docker: Docker,
  event: EngineEvent,
  watched: Watched,
  oomSeen: Set<string>,
  emit: Emit,
): Promise<void> {
  const attributes = event.Actor?.Attributes ?? {};
  const id = event.Actor?.ID ?? "";
  const service = watched.serviceOf(id, attributes);
  if (service === null) return;
  const report = (
    state: ServiceState["state"],
    detail: string,
    exitCode: number | null = null,
    oomKilled = false,
  ) => emit({ kind: "service.state", service, state, exitCode, oomKilled, detail });
  switch (event.Action) {
    case "start":
      oomSeen.delete(id);
      return report("running", "the engine started it");
    case "pause":
      return report("paused", "the engine froze it");
    case "unpause":
      return report("running", "the engine thawed it");
    case "oom":
      oomSeen.add(id);
      return report("running", "a process in it was killed for want of memory", null, true);
    case "destroy":
      return report("missing", "its container was removed");
    case "die": {
      const exitCode = Number(attributes["exitCode"] ?? 0);
      // The event does not say whether memory was the cause; the oom event before it or the container does.
      const oomKilled =
        oomSeen.has(id) || (await inspectOrNull(docker, id).catch(() => null))?.State.OOMKilled === true;
      return report(
        "exited",
        oomKilled ? "it died for want of memory" : `its main process ended with ${exitCode}`,
        exitCode,
        oomKilled,
      );
    }
  }
}
