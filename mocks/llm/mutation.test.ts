import { expect, test } from "vitest";
import { mutated, renamed } from "../core/mutated.testkit.ts";
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

const MUTANTS: readonly Mutant[] = [
  {
    name: "chat: choices",
    change: renamed("choices", "choice"),
    use: async ({ openai }) =>
      (await openai.chat.completions.create(CHAT)).choices[0]!.message.content!.length,
  },
  {
    name: "chat stream: delta",
    change: renamed("delta", "diff"),
    use: async ({ openai }) => openai.chat.completions.stream(CHAT).finalChatCompletion(),
  },
  {
    name: "chat stream: finish_reason",
    change: renamed("finish_reason", "finished"),
    use: async ({ openai }) => openai.chat.completions.stream(CHAT).finalChatCompletion(),
  },
  {
    name: "completions: text",
    change: renamed("text", "texts"),
    use: async ({ openai }) =>
      (await openai.completions.create({ model: "gpt-4o", prompt: "Why?" })).choices[0]!.text.length,
  },
  {
    name: "responses: output",
    change: renamed("output", "outputs"),
    use: async ({ openai }) => openai.responses.create({ model: "gpt-4o", input: "Why?" }),
  },
  {
    name: "responses stream: output_index",
    change: renamed("output_index", "index"),
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
    change: renamed("message_start", "message_begin"),
    use: async ({ anthropic }) => anthropic.messages.stream(CLAUDE).finalMessage(),
  },
  {
    name: "messages stream: content_block",
    change: renamed("content_block", "block"),
    use: async ({ anthropic }) => (await anthropic.messages.stream(CLAUDE).finalText()).length,
  },
  {
    name: "messages: content",
    change: renamed("content", "contents"),
    use: async ({ anthropicOld }) => (await anthropicOld.messages.create(CLAUDE)).content[0]!.type,
  },
  {
    name: "ollama: message",
    change: renamed("message", "msg"),
    use: async ({ ollama }) =>
      (await ollama.chat({ model: "llama3.2", messages: [...CLAUDE.messages] })).message.content.length,
  },
];

test.concurrent.each(MUTANTS)("a client fails without $name", async ({ change, use }) => {
  const whole = await REACH.standalone();
  await use(clientsOf(whole, { maxRetries: 0 }));
  await whole.close();
  const broken = await REACH.standalone({ definition: mutated(llmMock, { body: change }) });
  await expect(use(clientsOf(broken, { maxRetries: 0 }))).rejects.toThrow();
  await broken.close();
});
