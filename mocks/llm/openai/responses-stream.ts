import type { Speech } from "../generate.ts";
import type { StreamEvent } from "../stream/event.ts";
import type { StreamWords } from "../stream/stream-body.ts";
import { contentPart, outputItem } from "./response-item.ts";
import type { ItemIds } from "./response-item.ts";
import { finishedResponse } from "./responses.ts";
import type { ResponseBase } from "./responses.ts";

/** The events of a response: each named by its type, counted by `sequence_number`; no `[DONE]`. */
export async function* responseEvents(
  base: ResponseBase,
  speech: Speech,
  ids: ItemIds,
): AsyncGenerator<readonly StreamEvent[], void> {
  let sequence = 0;
  let tokens = 0;
  const event = (type: string, fields: object): StreamEvent => ({
    name: type,
    data: JSON.stringify({ type, sequence_number: sequence++, ...fields }),
    tokens,
  });
  const { reply } = speech;
  const item = outputItem(reply, ids, "completed");
  const itemId = item["id"];
  const refusal = reply.finish === "refusal";

  yield [
    event("response.created", { response: base }),
    event("response.in_progress", { response: base }),
    event("response.output_item.added", { output_index: 0, item: outputItem(reply, ids, "in_progress") }),
  ];
  const at = { item_id: itemId, output_index: 0, ...(reply.tool === null ? { content_index: 0 } : {}) };
  const text = reply.tool !== null ? "function_call_arguments" : refusal ? "refusal" : "output_text";
  const logprobs = text === "output_text" ? { logprobs: [] } : {};
  if (reply.tool === null)
    yield [event("response.content_part.added", { ...at, part: contentPart("", refusal) })];
  for await (const batch of speech.tokens())
    yield batch.map((delta) => {
      tokens += 1;
      return event(`response.${text}.delta`, { ...at, delta, ...logprobs });
    });
  const said = {
    function_call_arguments: { name: reply.tool, arguments: reply.text },
    refusal: { refusal: reply.text },
    output_text: { text: reply.text },
  }[text];
  yield [event(`response.${text}.done`, { ...at, ...said, ...logprobs })];
  if (reply.tool === null)
    yield [event("response.content_part.done", { ...at, part: contentPart(reply.text, refusal) })];
  const response = finishedResponse(base, speech, item);
  yield [
    event("response.output_item.done", { output_index: 0, item }),
    event(reply.finish === "length" ? "response.incomplete" : "response.completed", { response }),
  ];
}

export const RESPONSE_WORDS: StreamWords = {
  overload: () => ({
    name: "error",
    data: JSON.stringify({
      type: "error",
      code: "server_is_overloaded",
      message: "The server is overloaded.",
      param: null,
      sequence_number: 0,
    }),
    tokens: 0,
  }),
  ping: () => ": keep-alive\n\n",
};
