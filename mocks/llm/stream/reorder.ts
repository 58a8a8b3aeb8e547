import type { StreamEvent, StreamEvents } from "./event.ts";

const isStart = ({ name, data }: StreamEvent) =>
  name === "message_start" ||
  name === "response.created" ||
  (name === null && data.includes('"role":"assistant"'));
const isDelta = ({ name, data }: StreamEvent) =>
  name === "content_block_delta" ||
  name === "response.output_text.delta" ||
  (name === null && data.includes('"content":"'));
const isStop = ({ name, data }: StreamEvent) =>
  name === "message_stop" || name === "response.completed" || data === "[DONE]";
const isLastDelta = ({ name, data }: StreamEvent) =>
  name === "message_delta" || (name === null && /"finish_reason":"/.test(data));

/** The events one by one, some left out, doubled or moved by the fault `sse.order`. */
export async function* reorder(events: StreamEvents, kind: string): AsyncGenerator<StreamEvent, void> {
  const held: StreamEvent[] = [];
  for await (const batch of events)
    for (const event of batch) {
      if (kind === "dropStart" && isStart(event)) continue;
      if (kind === "missingMessageDelta" && isLastDelta(event)) continue;
      if (kind === "dupStop" && isStop(event)) yield event;
      if (kind === "deltaBeforeStart" && held.length === 0 && isStart(event)) {
        held.push(event);
        continue;
      }
      yield event;
      if (kind === "deltaBeforeStart" && isDelta(event)) yield* held.splice(0);
    }
}
