import { Cut } from "../../core/http.ts";
import type { FaultHit } from "../../core/mock.ts";
import type { Call } from "../service.ts";
import { eventText } from "./event.ts";
import type { StreamEvent, StreamEvents } from "./event.ts";
import { malform } from "./malform.ts";
import { reorder } from "./reorder.ts";

/** What a dialect says inside its stream. */
export interface StreamWords {
  /** The event of an overload in the middle of a stream. */
  overload(): StreamEvent;
  /** What keeps a silent stream alive. */
  ping(): string;
}

/** The events as a body. `end` runs when it ends, is left, or is dropped before it began. */
export function streamBody(
  call: Call,
  events: StreamEvents,
  words: StreamWords,
  end: () => void,
): AsyncIterable<string | Uint8Array> {
  const chunks = spoiled(call, events, words);
  const iterator: AsyncIterator<string | Uint8Array> = {
    next: () => chunks.next(),
    return: () => {
      end();
      return chunks.return();
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** The events with what the faults of streams make of them. */
async function* spoiled(
  call: Call,
  events: StreamEvents,
  words: StreamWords,
): AsyncGenerator<string | Uint8Array, void> {
  const { exchange, service } = call;
  const cut = exchange.fault("stream.cut");
  const stall = exchange.fault("stream.stall");
  const overload = exchange.fault("overload.inband");
  const ping = exchange.fault("stream.ping");
  const malformed = exchange.fault("sse.malformed");
  const order = exchange.fault("sse.order");
  const reached = (fault: FaultHit | null, { tokens }: StreamEvent) =>
    fault !== null && tokens >= Number(fault.params["afterTokens"]);

  if (ping !== null)
    for (let sent = 0; sent < Number(ping.params["times"]) && !exchange.signal.aborted; sent++) {
      yield words.ping();
      await service.world.clock.sleep(Number(ping.params["everyMs"]), exchange.signal);
    }
  let stalled = false;
  if (cut === null && stall === null && overload === null && malformed === null && order === null) {
    for await (const batch of events) yield batch.map(eventText).join("");
    return;
  }
  const ordered = reorder(events, String(order?.params["kind"]));
  const spoil = malformed === null ? null : malform(malformed);
  for await (const event of ordered) {
    if (reached(stall, event) && !stalled) {
      stalled = true;
      const ms = stall?.params["ms"];
      await service.world.clock.sleep(typeof ms === "number" ? ms : Infinity, exchange.signal);
    }
    if (reached(cut, event)) {
      const mode = cut?.params["mode"];
      if (mode === "cleanEof") return;
      throw new Cut(mode === "fin" ? "fin" : "rst");
    }
    if (reached(overload, event)) return yield eventText(words.overload());
    if (spoil === null) yield eventText(event);
    else yield* spoil(event);
  }
}
