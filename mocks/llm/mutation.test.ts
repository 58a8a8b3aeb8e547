import { expect, test } from "vitest";
import type { HttpListener, MockResponse } from "../core/http.ts";
import type { MockDefinition } from "../core/mock.ts";
import { clientsOf, REACH } from "./clients.testkit.ts";
import type { Clients } from "./clients.testkit.ts";
import { CHAT, CLAUDE } from "./fault-case.testkit.ts";
import { llmMock } from "./llm.ts";

/** A change of the wire and a plain use of an unmodified client that must not survive it. */
interface Mutant {
  readonly name: string;
  readonly change: (text: string) => string;
  readonly use: (clients: Clients) => Promise<unknown>;
}

const rename = (from: string, to: string) => (text: string) => text.replaceAll(`"${from}"`, `"${to}"`);

const MUTANTS: readonly Mutant[] = [
  {
    name: "chat: choices",
    change: rename("choices", "choice"),
    use: async ({ openai }) =>
      (await openai.chat.completions.create(CHAT)).choices[0]!.message.content!.length,
  },
  {
    name: "chat stream: delta",
    change: rename("delta", "diff"),
    use: async ({ openai }) => openai.chat.completions.stream(CHAT).finalChatCompletion(),
  },
  {
    name: "chat stream: finish_reason",
    change: rename("finish_reason", "finished"),
    use: async ({ openai }) => openai.chat.completions.stream(CHAT).finalChatCompletion(),
  },
  {
    name: "completions: text",
    change: rename("text", "texts"),
    use: async ({ openai }) =>
      (await openai.completions.create({ model: "gpt-4o", prompt: "Why?" })).choices[0]!.text.length,
  },
  {
    name: "responses: output",
    change: rename("output", "outputs"),
    use: async ({ openai }) => openai.responses.create({ model: "gpt-4o", input: "Why?" }),
  },
  {
    name: "responses stream: output_index",
    change: rename("output_index", "index"),
    use: async ({ openai }) => openai.responses.stream({ model: "gpt-4o", input: "Why?" }).finalResponse(),
  },
  {
    name: "embeddings: base64 bytes",
    change: (text) => text.replaceAll(/"embedding":"[^"]*"/g, '"embedding":null'),
    use: async ({ openai }) =>
      (await openai.embeddings.create({ model: "text-embedding-3-small", input: "a" })).data[0]!.embedding
        .length,
  },
  {
    name: "messages stream: message_start",
    change: rename("message_start", "message_begin"),
    use: async ({ anthropic }) => anthropic.messages.stream(CLAUDE).finalMessage(),
  },
  {
    name: "messages stream: content_block",
    change: rename("content_block", "block"),
    use: async ({ anthropic }) => (await anthropic.messages.stream(CLAUDE).finalText()).length,
  },
  {
    name: "messages: content",
    change: rename("content", "contents"),
    use: async ({ anthropicOld }) => (await anthropicOld.messages.create(CLAUDE)).content[0]!.type,
  },
  {
    name: "ollama: message",
    change: rename("message", "msg"),
    use: async ({ ollama }) =>
      (await ollama.chat({ model: "llama3.2", messages: [...CLAUDE.messages] })).message.content.length,
  },
];

test.concurrent.each(MUTANTS)("a client fails without $name", async ({ change, use }) => {
  const whole = await REACH.standalone();
  await use(clientsOf(whole, { maxRetries: 0 }));
  await whole.close();
  const broken = await REACH.standalone({ definition: mutated(change) });
  await expect(use(clientsOf(broken, { maxRetries: 0 }))).rejects.toThrow();
  await broken.close();
});

/** The mock with every body changed. */
function mutated(change: (text: string) => string): MockDefinition {
  return {
    ...llmMock,
    build(world) {
      const built = llmMock.build(world);
      const listeners = built.listeners.map((listener) =>
        listener.kind === "http" ? { ...listener, answer: changed(listener, change) } : listener,
      );
      return { ...built, listeners };
    },
  };
}

function changed(listener: HttpListener, change: (text: string) => string): HttpListener["answer"] {
  return async (request, exchange): Promise<MockResponse> => {
    const response = await listener.answer(request, exchange);
    const { body } = response;
    if (typeof body === "string") return { ...response, body: change(body) };
    if (body instanceof Uint8Array) return response;
    async function* chunks() {
      for await (const chunk of body as AsyncIterable<string | Uint8Array>) yield change(String(chunk));
    }
    return { ...response, body: chunks() };
  };
}
