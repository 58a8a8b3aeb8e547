import { expect, test } from "vitest";
import { failureOf, CHAT, CLAUDE, hearChat, hearMessage, stage, timed } from "./fault-case.testkit.ts";
import type { Scene } from "./fault-case.testkit.ts";
import { LLM_FAULTS } from "./faults.ts";

const chat = ({ clients }: Scene) => clients.openai.chat.completions.create(CHAT);
const message = ({ clients }: Scene) => clients.anthropic.messages.create(CLAUDE);
const textOf = async (scene: Scene) => (await chat(scene)).choices[0]?.message.content ?? "";

/** What a real client sees of every fault kind of the mock. */
const CASES: Readonly<Record<keyof typeof LLM_FAULTS, (scene: Scene) => Promise<void>>> = {
  error: async (scene) => {
    scene.put({ name: "conflict" });
    expect(await failureOf(chat(scene))).toMatch(/^ConflictError: 409/);
  },
  "overload.http": async (scene) => {
    scene.put({ retryAfterMs: 2_000 });
    expect(await failureOf(chat(scene))).toMatch(/^InternalServerError: 503 .*overloaded/);
    expect(await failureOf(message(scene))).toMatch(/^OverloadedError: 529 .*overloaded_error/);
  },
  "overload.inband": async (scene) => {
    scene.put({ afterTokens: 2 });
    const { text, failure } = await hearChat(scene.clients);
    expect([text.length > 0, failure]).toEqual([true, expect.stringMatching(/^APIError: .*overloaded/)]);
    expect((await hearMessage(scene.clients)).failure).toMatch(/overloaded_error/);
  },
  "rate.bucket": async (scene) => {
    scene.put({ rpm: 2 });
    const remaining: (string | null)[] = [];
    for (let at = 0; at < 2; at++) {
      const { response } = await scene.clients.openai.chat.completions.create(CHAT).withResponse();
      remaining.push(response.headers.get("x-ratelimit-remaining-requests"));
    }
    expect(remaining).toEqual(["1", "0"]);
    expect(await failureOf(chat(scene))).toMatch(/^RateLimitError: 429 .*requests per min/);
  },
  "rate.ramp": async (scene) => {
    scene.put({ maxGrowthPerMin: 0.5 });
    for (let at = 0; at < 15; at++) expect(await failureOf(chat(scene))).toBeNull();
    expect(await failureOf(chat(scene))).toMatch(/^RateLimitError: 429 .*slow down/);
  },
  "quota.exhausted": async (scene) => {
    scene.put();
    expect(await failureOf(chat(scene))).toMatch(/^RateLimitError: 429 .*quota/);
    expect(await failureOf(message(scene))).toMatch(/^EnforcedSpendLimitReachedError: 429/);
  },
  "auth.revoked": async (scene) => {
    expect(await failureOf(chat(scene))).toBeNull();
    scene.put();
    expect(await failureOf(chat(scene))).toMatch(/^AuthenticationError: 401/);
  },
  "model.missing": async (scene) => {
    scene.put();
    expect(await failureOf(message(scene))).toMatch(/^NotFoundError: 404/);
  },
  contextLength: async (scene) => {
    scene.put({ tokens: 3 });
    expect(await failureOf(chat(scene))).toMatch(/^BadRequestError: 400 .*maximum context length/);
  },
  tooLarge: async (scene) => {
    scene.put({ bytes: 10 });
    expect(await failureOf(message(scene))).toMatch(/^ContentTooLargeError: 413/);
  },
  html502: async (scene) => {
    scene.put();
    expect(await failureOf(chat(scene))).toMatch(/^InternalServerError: 502 .*<html>/s);
  },
  "gzip.bad": async (scene) => {
    scene.put();
    expect(await failureOf(chat(scene))).not.toBeNull();
  },
  ttft: async (scene) => {
    scene.put({ mean: 200 });
    expect(await timed(() => chat(scene))).toBeGreaterThan(190);
  },
  itl: async (scene) => {
    scene.put({ mean: 30 });
    const { openai } = scene.clients;
    expect(await timed(() => openai.chat.completions.create({ ...CHAT, max_tokens: 6 }))).toBeGreaterThan(
      145,
    );
  },
  "engine.slow": async (scene) => {
    const body = { ...CHAT, max_tokens: 3 };
    const before = await timed(() => scene.clients.openai.chat.completions.create(body));
    scene.put({ factor: 4 });
    expect(await timed(() => scene.clients.openai.chat.completions.create(body))).toBeGreaterThan(
      before * 1.8,
    );
  },
  "kv.exhaustion": async (scene) => {
    scene.put({ left: 0.0001 });
    await Promise.all([chat(scene), chat(scene)]);
    const page = await (await fetch(`${scene.reached.origin}/metrics`)).text();
    expect(page).toMatch(/vllm:request_success_total\{.*stop.*\} 2/);
    // There was room for both prompts and not for both answers.
    expect(page).toMatch(/vllm:num_preemptions_total\{.*\} [1-9]/);
  },
  "stream.cut": async (scene) => {
    scene.put({ afterTokens: 2, mode: "rst" });
    expect(await hearChat(scene.clients)).toMatchObject({
      finish: null,
      failure: expect.stringContaining("ECONNRESET"),
    });
    scene.put({ afterTokens: 2, mode: "fin" });
    expect(await hearChat(scene.clients)).toMatchObject({
      finish: null,
      failure: expect.stringContaining("terminated"),
    });
    scene.put({ afterTokens: 2, mode: "cleanEof" });
    const { text, finish, failure } = await hearChat(scene.clients);
    // The client does not notice: half an answer and no error.
    expect([text.length > 0, finish, failure]).toEqual([true, null, null]);
    expect(await failureOf(scene.clients.anthropic.messages.stream(CLAUDE).finalMessage())).toMatch(
      /stream ended without producing a Message/,
    );
  },
  "stream.stall": async (scene) => {
    scene.put({ afterTokens: 2, ms: 700 });
    const clients = { ...scene.clients, openai: scene.clients.openai.withOptions({ timeout: 300 }) };
    let heard: Awaited<ReturnType<typeof hearChat>> | null = null;
    // The SDK's time limit does not apply inside a stream.
    expect(await timed(async () => (heard = await hearChat(clients)))).toBeGreaterThan(690);
    expect(heard).toMatchObject({ finish: "stop", failure: null });
  },
  "stream.ping": async (scene) => {
    scene.put({ everyMs: 50, times: 3 });
    let heard: Awaited<ReturnType<typeof hearMessage>> | null = null;
    expect(await timed(async () => (heard = await hearMessage(scene.clients)))).toBeGreaterThan(145);
    expect(heard).toMatchObject({ finish: "end_turn", failure: null });
  },
  "sse.malformed": async (scene) => {
    scene.put({ kind: "truncatedJson" });
    expect((await hearChat(scene.clients)).failure).toMatch(/JSON/);
    expect((await hearMessage(scene.clients)).failure).toMatch(/JSON/);
    scene.put({ kind: "noBlankLine" });
    expect((await hearChat(scene.clients)).failure).toMatch(/JSON/);
    // One event that never ends: this client drops it and says nothing.
    expect(await hearMessage(scene.clients)).toEqual({ text: "", finish: null, failure: null });
    for (const kind of ["bom", "crlfMix", "multiLineData", "splitUtf8", "unknownEvent", "hugeLine"]) {
      scene.put({ kind });
      // Legal, so the client must get it all.
      expect(await hearMessage(scene.clients), kind).toMatchObject({ finish: "end_turn", failure: null });
    }
    scene.put({ kind: "wrongEventName", afterTokens: 0 });
    expect(await failureOf(scene.clients.anthropic.messages.stream(CLAUDE).finalMessage())).toMatch(
      /^AnthropicError/,
    );
  },
  "sse.order": async (scene) => {
    const final = () => failureOf(scene.clients.anthropic.messages.stream(CLAUDE).finalMessage());
    for (const kind of ["dropStart", "deltaBeforeStart"]) {
      scene.put({ kind });
      expect(await final(), kind).toMatch(/^AnthropicError/);
    }
    scene.put({ kind: "dupStop" });
    let stops = 0;
    for await (const { type } of await scene.clients.anthropic.messages.create({ ...CLAUDE, stream: true }))
      if (type === "message_stop") stops += 1;
    expect(stops).toBe(2);
    scene.put({ kind: "missingMessageDelta" });
    expect((await hearMessage(scene.clients)).finish).toBeNull();
  },
  reply: async (scene) => {
    scene.put({ text: '{"action":"jump"}' });
    expect(await textOf(scene)).toBe('{"action":"jump"}');
  },
  prose: async (scene) => {
    const body = { ...CHAT, response_format: { type: "json_object" as const } };
    const said = async () =>
      (await scene.clients.openai.chat.completions.create(body)).choices[0]?.message.content ?? "";
    expect(JSON.parse(await said())).toEqual({});
    scene.put();
    expect(await said()).toMatch(/^Sure! .*\{\}.*else\.$/s);
  },
  refusal: async (scene) => {
    scene.put();
    expect((await chat(scene)).choices[0]?.message).toMatchObject({
      content: null,
      refusal: "I can't help with that.",
    });
    expect((await message(scene)).stop_reason).toBe("refusal");
  },
  "toolCall.badJson": async (scene) => {
    const tools = [{ type: "function" as const, function: { name: "act", parameters: { type: "object" } } }];
    scene.put();
    const { choices } = await scene.clients.openai.chat.completions.create({
      ...CHAT,
      tools,
      tool_choice: "required",
    });
    const call = choices[0]?.message.tool_calls?.[0];
    expect(() => JSON.parse(call?.type === "function" ? call.function.arguments : "{}")).toThrow(/JSON/);
  },
  usage: async (scene) => {
    const right = (await chat(scene)).usage?.prompt_tokens ?? 0;
    scene.put({ how: "wrong" });
    expect((await chat(scene)).usage?.prompt_tokens).toBe(right * 10);
    scene.put({ how: "missing" });
    expect((await chat(scene)).usage).toBeUndefined();
  },
  clockSkew: async (scene) => {
    scene.put({ seconds: -3_600 });
    const { response } = await scene.clients.anthropic.messages.create(CLAUDE).withResponse();
    expect(response.headers.get("anthropic-ratelimit-requests-reset")).toMatch(/^2025-12-31T23:0/);
  },
};

/** What some of them need: an engine whose speed can be seen, a cache that can be full. */
const SETTINGS: Partial<Record<keyof typeof LLM_FAULTS, Record<string, string>>> = {
  "engine.slow": { engine: "8b-h100" },
  "kv.exhaustion": { engine: "8b-h100" },
};

test.concurrent.each(Object.keys(LLM_FAULTS) as (keyof typeof LLM_FAULTS)[])("a client sees %s", (kind) =>
  stage(kind, CASES[kind], SETTINGS[kind]),
);
