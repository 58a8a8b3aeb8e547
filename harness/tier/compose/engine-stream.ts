import type { Readable } from "node:stream";
import type Docker from "dockerode";
import type { Clock } from "../../time/clock.ts";

/** The fields of an engine event that we read (Docker Engine API, "Monitor events"). */
export interface EngineEvent {
  readonly Action?: string;
  /** Of the engine's clock. JSON numbers are exact to 256 ns here. */
  readonly timeNano?: number;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

export interface EngineStream {
  /** Resolves when the last event that has arrived is told. */
  stop(): Promise<void>;
}

const RECONNECTS = 100;
const BETWEEN_RECONNECTS_MS = 500;

/**
 * Tells the engine's events of containers, each once and one after the other. Listening when this resolves. If the stream
 * breaks it is taken up again where it ended.
 */
export async function followEngine(
  docker: Docker,
  filters: Readonly<Record<string, readonly string[]>>,
  tell: (event: EngineEvent) => void | Promise<void>,
  clock: Clock,
): Promise<EngineStream> {
  const stopping = new AbortController();
  /** Of the last event told. */
  let lastNano = 0n;

  const open = async (): Promise<Readable> => {
    // The engine takes decimals here, so the number goes as text.
    const since = lastNano === 0n ? {} : { since: secondsOf(lastNano) };
    const options = { ...since, filters: { ...filters, type: ["container"] } };
    const stream: unknown = await docker.getEvents(options as Docker.GetEventsOptions);
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
          await tell(event);
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
