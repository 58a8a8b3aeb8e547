import { jsonAround } from "../stream/event.ts";
import type { StreamEvent } from "../stream/event.ts";
import { finishReason } from "./chat.ts";
import type { Completion } from "./completions.ts";

/** The chunks of POST /v1/completions, up to `[DONE]`. `usage` null: the client did not ask for it. */
export async function* completionEvents(
  head: object,
  answers: readonly Completion[],
  usage: { readonly usage?: object } | null,
): AsyncGenerator<readonly StreamEvent[], void> {
  let tokens = 0;
  const chunkOf = (index: number, text: string, finish: string | null = null) => ({
    ...head,
    choices: [{ text, index, logprobs: null, finish_reason: finish }],
    ...(usage === null ? {} : { usage: null }),
  });
  const event = (data: string): StreamEvent => ({ name: null, data, tokens });

  for (const [index, { speech, echo }] of answers.entries()) {
    if (echo !== "") yield [event(JSON.stringify(chunkOf(index, echo)))];
    const write = jsonAround((text) => chunkOf(index, text));
    for await (const batch of speech.tokens())
      yield batch.map((token) => ({ name: null, data: write(token), tokens: ++tokens }));
    yield [event(JSON.stringify(chunkOf(index, "", finishReason(speech.reply.finish))))];
  }
  if (usage?.usage !== undefined) yield [event(JSON.stringify({ ...head, choices: [], ...usage }))];
  yield [event("[DONE]")];
}
