import type { FaultHit } from "../../core/mock.ts";
import { eventText } from "./event.ts";
import type { StreamEvent } from "./event.ts";

/** Spoils events by the fault `sse.malformed`; each kind hits where it shows. */
export function malform({ params }: FaultHit): (event: StreamEvent) => Generator<string | Uint8Array, void> {
  const kind = String(params["kind"]);
  const afterTokens = Number(params["afterTokens"]);
  let first = true;
  let done = false;
  return function* (event) {
    const text = eventText(event);
    const begins = first;
    first = false;
    // These three are a manner of the whole stream.
    if (kind === "noBlankLine") return yield text.replace(/\n\n$/, "\n");
    if (kind === "crlfMix") return yield event.tokens % 2 === 0 ? text.replaceAll("\n", "\r\n") : text;
    if (kind === "bom") return yield begins ? `\uFEFF${text}` : text;
    if (kind === "splitUtf8") return yield* oneByOne(text);
    if (done || event.tokens < afterTokens) return yield text;
    done = true;
    yield* once(kind, event, Number(params["bytes"]));
  };
}

function* once(kind: string, event: StreamEvent, bytes: number): Generator<string, void> {
  switch (kind) {
    case "truncatedJson":
      return yield eventText({ ...event, data: event.data.slice(0, Math.ceil(event.data.length / 2)) });
    case "wrongEventName":
      // Clients drop what calls itself a ping.
      return yield eventText({ ...event, name: "ping" });
    case "unknownEvent":
      yield eventText({ ...event, name: "future_event", data: '{"type":"future_event"}' });
      return yield eventText(event);
    case "multiLineData":
      // Legal: the parser joins the lines by line feeds, which JSON takes as white space.
      return yield eventText({ ...event, data: event.data.replace(/^\{/, "{\ndata: ") });
    case "hugeLine":
      return yield `: ${"x".repeat(bytes)}\n${eventText(event)}`;
  }
}

/** Legal: a character may come in two pieces. */
function* oneByOne(text: string): Generator<Uint8Array, void> {
  const bytes = Buffer.from(text);
  const middle = bytes.findIndex((byte) => byte >= 0x80);
  const at = middle === -1 ? Math.floor(bytes.length / 2) : middle + 1;
  yield bytes.subarray(0, at);
  yield bytes.subarray(at);
}
