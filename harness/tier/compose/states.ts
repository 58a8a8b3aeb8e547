import type { Readable } from "node:stream";
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

export interface StateWatch {
  /** Resolves when the last event that has arrived is told. */
  stop(): Promise<void>;
}

/** The fields of an engine event that we read (Docker Engine API, "Monitor events"). */
interface EngineEvent {
  readonly Action?: string;
  readonly timeNano?: number;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

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
const RECONNECTS = 100;
const BETWEEN_RECONNECTS_MS = 500;

/**
 * Tells what the engine sees happen to the stack's containers, by a fault or by itself, as `service.state` events. Listening
 * when this resolves. If the stream breaks it is taken up again where it ended.
 */
export async function watchStates(
  docker: Docker,
  watched: Watched,
  emit: Emit,
  clock: Clock,
): Promise<StateWatch> {
  const stopping = new AbortController();
  const oomSeen = new Set<string>();
  /** Of the last event told. JSON numbers are exact to 256 ns here, which is enough to go on from. */
  let lastNano = 0n;

  const open = async (): Promise<Readable> => {
    const filters = { ...watched.filters, type: ["container"], event: ACTIONS };
    // The engine takes decimals here, so the number goes as text.
    const since = lastNano === 0n ? {} : { since: secondsOf(lastNano) };
    const stream: unknown = await docker.getEvents({ ...since, filters } as Docker.GetEventsOptions);
    return stream as Readable;
  };
  const follow = async (first: Readable) => {
    let stream = first;
    for (let left = RECONNECTS; left > 0 && !stopping.signal.aborted; left--) {
      stopping.signal.addEventListener("abort", () => stream.destroy(), { once: true });
      // Asking from a time on repeats what happened up to that time and has been told already.
      const toldNano = lastNano;
      try {
        for await (const line of lines(stream)) {
          const event = JSON.parse(line) as EngineEvent;
          const atNano = BigInt(event.timeNano ?? 0);
          if (atNano <= toldNano) continue;
          lastNano = atNano;
          await tell(docker, event, watched, oomSeen, emit);
        }
      } catch {
        // A broken stream ends like a closed one: it is opened again below.
      }
      if (stopping.signal.aborted) return;
      await clock.sleep(BETWEEN_RECONNECTS_MS, stopping.signal);
      stream = await open().catch(() => stream);
      if (stopping.signal.aborted) stream.destroy();
    }
  };

  const following = follow(await open());
  return {
    stop() {
      stopping.abort();
      return following;
    },
  };
}

/** One JSON document per line; ends, or fails, with the stream. */
async function* lines(stream: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8") as AsyncIterable<string>) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    yield* parts.filter((line) => line !== "");
  }
}

/** Nanoseconds as the decimal seconds that the engine takes; a JavaScript number would lose the end. */
function secondsOf(nano: bigint): string {
  const text = nano.toString().padStart(10, "0");
  return `${text.slice(0, -9)}.${text.slice(-9)}`;
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
