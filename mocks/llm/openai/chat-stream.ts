import type { Random } from "../../../harness/service/host.ts";
import type { Speech } from "../generate.ts";
import { jsonAround } from "../stream/event.ts";
import type { StreamEvent } from "../stream/event.ts";
import type { StreamWords } from "../stream/stream-body.ts";
import { finishReason, SYSTEM_FINGERPRINT, toolCallId, usageField } from "./chat.ts";
import { openAiErrorBody } from "./errors.ts";

interface ChatHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

/** The chunks of a chat answer, without `event:` lines, up to `[DONE]`. */
export async function* chatEvents(
  { id, created, model }: ChatHead,
  speeches: readonly Speech[],
  includeUsage: boolean,
  random: Random,
): AsyncGenerator<readonly StreamEvent[], void> {
  let tokens = 0;
  const chunkOf = (choices: readonly object[], extra: object = includeUsage ? { usage: null } : {}) => ({
    id,
    object: "chat.completion.chunk",
    created,
    model,
    service_tier: "default",
    system_fingerprint: SYSTEM_FINGERPRINT,
    choices,
    ...extra,
  });
  const choiceOf = (index: number, delta: object, finish: string | null = null) =>
    chunkOf([{ index, delta, logprobs: null, finish_reason: finish }]);
  const event = (chunk: object): StreamEvent => ({ name: null, data: JSON.stringify(chunk), tokens });

  for (const [index, { reply, tokens: spoken }] of speeches.entries()) {
    const { tool, finish } = reply;
    const call = tool === null ? null : { index: 0, id: toolCallId(random), type: "function" };
    const start =
      call === null
        ? { role: "assistant", content: "", refusal: null }
        : {
            role: "assistant",
            content: null,
            tool_calls: [{ ...call, function: { name: tool, arguments: "" } }],
          };
    yield [event(choiceOf(index, start))];
    const write = jsonAround((text) => {
      if (tool !== null)
        return choiceOf(index, { tool_calls: [{ index: 0, function: { arguments: text } }] });
      return choiceOf(index, finish === "refusal" ? { refusal: text } : { content: text });
    });
    for await (const batch of spoken())
      yield batch.map((token) => ({ name: null, data: write(token), tokens: ++tokens }));
    yield [event(choiceOf(index, {}, finishReason(finish)))];
  }
  const { usage } = usageField(speeches);
  if (includeUsage && usage !== undefined) yield [event(chunkOf([], { usage }))];
  yield [{ name: null, data: "[DONE]", tokens }];
}

export const CHAT_WORDS: StreamWords = {
  overload: () => ({ name: null, data: JSON.stringify(openAiErrorBody({ name: "overloaded" })), tokens: 0 }),
  // OpenAI keeps a stream alive with comments.
  ping: () => ": keep-alive\n\n",
};
