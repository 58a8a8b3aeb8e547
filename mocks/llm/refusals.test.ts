import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REACH } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";

let reached: Reached;
beforeAll(async () => {
  reached = await REACH.standalone({ settings: { keys: "good" } });
});
afterAll(() => reached.close());

const messages = [{ role: "user", content: "Why?" }];
const openai = { authorization: "Bearer good" };
const anthropic = { "x-api-key": "good", "anthropic-version": "2023-06-01" };
const claude = { model: "claude-sonnet-5-5", messages, max_tokens: 5 };

async function post(path: string, headers: Record<string, string>, body: unknown) {
  const sent = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const response = await fetch(`${reached.origin}${path}`, { method: "POST", headers, body: sent });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe("what a client does wrong is refused in the provider's words", () => {
  test.each<[string, string, Record<string, string>, unknown, number, unknown]>([
    ["no key", "/v1/chat/completions", {}, { model: "gpt-4o", messages }, 401, { code: "invalid_api_key" }],
    [
      "wrong key",
      "/v1/chat/completions",
      { authorization: "Bearer bad" },
      { model: "gpt-4o", messages },
      401,
      { code: "invalid_api_key" },
    ],
    [
      "unknown model",
      "/v1/chat/completions",
      openai,
      { model: "gpt-9", messages },
      404,
      { code: "model_not_found" },
    ],
    [
      "unknown field",
      "/v1/chat/completions",
      openai,
      { model: "gpt-4o", messages, temprature: 1 },
      400,
      { code: "unknown_parameter", param: "temprature" },
    ],
    ["no messages", "/v1/chat/completions", openai, { model: "gpt-4o" }, 400, { param: "messages" }],
    [
      "bad max_tokens",
      "/v1/chat/completions",
      openai,
      { model: "gpt-4o", messages, max_tokens: 0 },
      400,
      { param: "max_tokens" },
    ],
    ["no JSON", "/v1/chat/completions", openai, "{", 400, { type: "invalid_request_error" }],
    ["no such path", "/v1/edits", openai, {}, 404, { message: "Invalid URL (POST /v1/edits)" }],
    [
      "a prompt of nothing",
      "/v1/completions",
      openai,
      { model: "gpt-4o", prompt: [] },
      400,
      { param: "prompt" },
    ],
    [
      "too many choices",
      "/v1/completions",
      openai,
      { model: "gpt-4o", prompt: ["a", "b"], n: 9 },
      400,
      { param: "n" },
    ],
    ["no version", "/v1/messages", { "x-api-key": "good" }, claude, 400, { type: "invalid_request_error" }],
    [
      "no max_tokens",
      "/v1/messages",
      anthropic,
      { ...claude, max_tokens: undefined },
      400,
      { message: "max_tokens: Field required" },
    ],
    [
      "bad role",
      "/v1/messages",
      anthropic,
      { ...claude, messages: [{ role: "system", content: "x" }] },
      400,
      { type: "invalid_request_error" },
    ],
    [
      "bad gzip",
      "/v1/messages",
      { ...anthropic, "content-encoding": "gzip" },
      "not gzip",
      400,
      { type: "invalid_request_error" },
    ],
  ])("%s", async (_, path, headers, body, status, error) => {
    const answer = await post(path, headers, body);
    expect(answer.status).toBe(status);
    expect(answer.body["error"]).toMatchObject(error as object);
  });
});

test("a gzipped body is taken, as the provider takes it", async () => {
  const { status } = await post(
    "/v1/messages",
    { ...anthropic, "content-encoding": "gzip" },
    gzipSync(JSON.stringify(claude)),
  );
  expect(status).toBe(200);
});

test("what is known and not modelled is answered, and the journal says so", async () => {
  const { status } = await post("/v1/chat/completions", openai, {
    model: "gpt-4o",
    messages,
    logprobs: true,
  });
  expect(status).toBe(200);
  const notes = reached.mock.journal.entries().filter(({ kind }) => kind === "unmodelled");
  expect(notes.map(({ fields }) => fields["what"])).toContain("chat: the field logprobs");
});

test("only the newer API version shows error codes and what is null", async () => {
  reached.mock.faults.put("spent", { kind: "quota.exhausted", count: 2 });
  const old = await post("/v1/messages", anthropic, claude);
  const current = await post("/v1/messages", { ...anthropic, "anthropic-version": "2026-10-21" }, claude);
  expect(old.body["error"]).not.toHaveProperty("details");
  expect(current.body["error"]).toMatchObject({ details: { error_code: "enforced_spend_limit_reached" } });
  expect(current.body["request_id"]).toBe(current.headers.get("request-id"));
});

test("the counter tells tokens and price per model", async () => {
  const { body } = await post("/v1/messages", anthropic, claude);
  const usage = body["usage"] as { input_tokens: number; output_tokens: number };
  const state = reached.mock.built.state() as {
    tokens: Record<string, { usd: number; outputTokens: number; requests: number; inputTokens: number }>;
  };
  const { requests, inputTokens, outputTokens, usd } = state.tokens["claude-sonnet-5-5"]!;
  expect([inputTokens, outputTokens]).toEqual([
    usage.input_tokens * requests,
    usage.output_tokens * requests,
  ]);
  expect(usd).toBeCloseTo((inputTokens * 3 + outputTokens * 15) / 1e6, 6);
});
