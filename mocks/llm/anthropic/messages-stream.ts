import type { Speech } from "../generate.ts";
import type { Call } from "../service.ts";
import { eventText, jsonAround } from "../stream/event.ts";
import type { StreamEvent } from "../stream/event.ts";
import type { StreamWords } from "../stream/stream-body.ts";
import { anthropicErrorBody } from "./errors.ts";
import { messageStart, stopReason, usageField } from "./messages.ts";
import type { MessageHead } from "./messages.ts";
import { isNullable } from "./version.ts";

/** The events of a message, each with its `event:` line; no `[DONE]`. */
export async function* messageEvents(
  head: MessageHead,
  speech: Speech,
): AsyncGenerator<readonly StreamEvent[], void> {
  let tokens = 0;
  const event = (type: string, fields: object): StreamEvent => ({
    name: type,
    data: JSON.stringify({ type, ...fields }),
    tokens,
  });
  const { reply, usage } = speech;
  const nullable = isNullable(head.version);
  const block =
    reply.tool === null
      ? { type: "text", text: "", ...(nullable ? { citations: null } : {}) }
      : { type: "tool_use", id: head.toolId, name: reply.tool, input: {} };
  yield [
    event("message_start", { message: messageStart(head, usage) }),
    event("content_block_start", { index: 0, content_block: block }),
    event("ping", {}),
  ];
  const write = jsonAround((text) => ({
    type: "content_block_delta",
    index: 0,
    delta:
      reply.tool === null ? { type: "text_delta", text } : { type: "input_json_delta", partial_json: text },
  }));
  for await (const batch of speech.tokens())
    yield batch.map((token) => ({ name: "content_block_delta", data: write(token), tokens: ++tokens }));
  yield [
    event("content_block_stop", { index: 0 }),
    event("message_delta", {
      delta: {
        stop_reason: stopReason(reply.finish),
        stop_sequence: reply.stopSequence,
        ...(nullable ? { stop_details: null, container: null } : {}),
      },
      ...(usage === null ? {} : { usage: deltaUsage(head, usage.input, usage.output) }),
    }),
    event("message_stop", {}),
  ];
}

/** The older version counts only the output here. */
function deltaUsage({ version }: MessageHead, input: number, output: number): object {
  if (!isNullable(version)) return { output_tokens: output };
  const { cache_creation_input_tokens, cache_read_input_tokens } = usageField(version, input, output);
  return {
    input_tokens: input,
    output_tokens: output,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    output_tokens_details: null,
    server_tool_use: null,
  };
}

export function messageWords(call: Call): StreamWords {
  return {
    overload: () => ({
      name: "error",
      data: JSON.stringify(anthropicErrorBody(call, { name: "overloaded" })),
      tokens: 0,
    }),
    ping: () => eventText({ name: "ping", data: '{"type":"ping"}', tokens: 0 }),
  };
}
