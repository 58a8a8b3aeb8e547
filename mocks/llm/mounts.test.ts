import fc from "fast-check";
import { expect, test } from "vitest";
import { MOUNTS, play } from "../core/mounts.testkit.ts";
import type { Ask } from "../core/mounts.testkit.ts";
import { llmMock } from "./llm.ts";

const messages = [{ role: "user", content: "Why?" }];
const openai = { authorization: "Bearer sk-1" };
const anthropic = (version: string) => ({ "x-api-key": "sk-2", "anthropic-version": version });
const post = (path: string, headers: Record<string, string>, body: object): Ask => ({
  method: "POST",
  path,
  headers,
  body: JSON.stringify(body),
});

const asks = fc.array(
  fc.constantFrom(
    post("/v1/chat/completions", openai, { model: "gpt-4o", messages }),
    post("/v1/chat/completions", openai, { model: "gpt-4o", messages, stream: true }),
    post("/v1/responses", openai, { model: "gpt-4o", input: "Why?", stream: true }),
    post("/v1/embeddings", openai, { model: "text-embedding-3-small", input: ["a"], dimensions: 8 }),
    post("/v1/messages", anthropic("2023-06-01"), { model: "claude-sonnet-5-5", messages, max_tokens: 9 }),
    post("/v1/messages", anthropic("2026-10-21"), {
      model: "claude-sonnet-5-5",
      messages,
      max_tokens: 9,
      stream: true,
    }),
    post("/v1/messages", anthropic("1999-01-01"), { model: "claude-sonnet-5-5", messages, max_tokens: 9 }),
    post("/api/generate", {}, { model: "llama3.2", prompt: "Why?" }),
    post("/v1/completions", openai, { model: "gpt-4o", prompt: ["Why?", "When?"], echo: true }),
    post("/v1/completions", openai, { model: "gpt-4o", prompt: "Why?", stream: true }),
    post("/v1/edits", openai, {}),
    { method: "GET" as const, path: "/metrics", headers: {} },
  ),
  { minLength: 1, maxLength: 5 },
);

const faults = fc.constantFrom<Record<string, object>>(
  {},
  { limit: { kind: "rate.bucket", params: { rpm: 2, itpm: 20 } } },
  { error: { kind: "error", params: { name: "server" }, when: { probability: 0.5 } } },
  {
    slow: { kind: "ttft", params: { mean: 400, sigma: 0.5 } },
    over: { kind: "overload.inband", params: { afterTokens: 2 } },
  },
  { bad: { kind: "sse.malformed", params: { kind: "crlfMix" } } },
);

test("same seed and same requests: the same bytes and the same journal in every mount", async () => {
  await fc.assert(
    fc.asyncProperty(asks, faults, async (list, standing) => {
      const [first = "", ...others] = Object.keys(MOUNTS);
      const wanted = await play(first, llmMock, list, standing, { engine: "8b-h100" });
      for (const mount of others)
        expect(await play(mount, llmMock, list, standing, { engine: "8b-h100" }), mount).toEqual(wanted);
    }),
    { numRuns: 12 },
  );
});
