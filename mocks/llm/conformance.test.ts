import { generateText, streamText } from "ai";
import { zodResponseFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { clientsOf, REACH } from "./clients.testkit.ts";
import type { Clients, Reached } from "./clients.testkit.ts";

const ask = [{ role: "user" as const, content: "Where does the queue wait?" }];
const weather = {
  name: "get_weather",
  schema: { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] },
};

describe.each(["standalone", "socket interceptor"] as const)("unmodified clients, %s", (mount) => {
  let reached: Reached;
  let clients: Clients;
  beforeAll(async () => {
    reached = await REACH[mount]({ mode: { kind: "jump" }, settings: { engine: "8b-h100" } });
    clients = clientsOf(reached);
  });
  afterAll(() => reached.close());

  describe.each(["openai", "openaiOld"] as const)("%s", (name) => {
    test("chat, whole", async () => {
      const { data, response, request_id } = await clients[name].chat.completions
        .create({ model: "gpt-4o", messages: ask })
        .withResponse();
      expect(data.choices[0]).toMatchObject({ finish_reason: "stop", message: { role: "assistant" } });
      expect(data.choices[0]?.message.content).toMatch(/^[A-Z].*\.$/);
      expect(data.usage?.total_tokens).toBe(
        (data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0),
      );
      expect(request_id).toMatch(/^req_[0-9a-f]{32}$/);
      expect(Number(response.headers.get("x-ratelimit-remaining-requests"))).toBeLessThan(10_000);
      expect(response.headers.get("x-ratelimit-reset-requests")).toMatch(/^\d+ms$/);
    });

    test("chat, streamed, with the helper", async () => {
      const stream = clients[name].chat.completions.stream({
        model: "gpt-4o",
        messages: ask,
        stream_options: { include_usage: true },
      });
      const final = await stream.finalChatCompletion();
      expect(final.choices[0]?.finish_reason).toBe("stop");
      expect(final.usage?.completion_tokens).toBeGreaterThan(0);
    });

    test("limits: length, stop, n", async () => {
      const cut = await clients[name].chat.completions.create({
        model: "gpt-4o",
        messages: ask,
        max_tokens: 2,
        n: 3,
      });
      expect(cut.choices.map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
        [0, "length"],
        [1, "length"],
        [2, "length"],
      ]);
      const stopped = await clients[name].chat.completions.create({
        model: "gpt-4o",
        messages: ask,
        stop: ".",
      });
      expect(stopped.choices[0]?.message.content).not.toContain(".");
    });

    test("a tool is called with arguments of its schema, whole and streamed", async () => {
      const body = {
        model: "gpt-4o",
        messages: ask,
        tools: [{ type: "function" as const, function: { name: weather.name, parameters: weather.schema } }],
        tool_choice: "required" as const,
      };
      const whole = await clients[name].chat.completions.create(body);
      expect(whole.choices[0]?.finish_reason).toBe("tool_calls");
      const streamed = await clients[name].chat.completions.stream(body).finalChatCompletion();
      for (const { choices } of [whole, streamed]) {
        const call = choices[0]?.message.tool_calls?.[0];
        expect(call).toMatchObject({ type: "function", function: { name: "get_weather" } });
        expect(call?.type === "function" && JSON.parse(call.function.arguments)).toEqual({ city: "text" });
      }
    });

    test("structured output parses by its schema", async () => {
      const schema = z.object({
        action: z.enum(["wait", "restart"]),
        confidence: z.number(),
        steps: z.array(z.string()),
      });
      const { choices } = await clients[name].chat.completions.parse({
        model: "gpt-4o",
        messages: ask,
        response_format: zodResponseFormat(schema, "advice"),
      });
      expect(choices[0]?.message.parsed).toEqual({ action: "wait", confidence: 1, steps: ["text"] });
    });

    test("responses, whole and streamed", async () => {
      const whole = await clients[name].responses.create({
        model: "gpt-4o",
        input: "Why?",
        instructions: "Be short.",
      });
      expect(whole.status).toBe("completed");
      expect(whole.output_text).toMatch(/\.$/);
      const stream = clients[name].responses.stream({ model: "gpt-4o", input: "Why?" });
      const types: string[] = [];
      for await (const event of stream) types.push(event.type);
      expect(types.slice(0, 4)).toEqual([
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
      ]);
      expect(types.at(-1)).toBe("response.completed");
      const final = await stream.finalResponse();
      expect(final.output_text.length).toBeGreaterThan(0);
      expect(final.usage?.input_tokens).toBeGreaterThan(0);
    });

    test("responses: function call", async () => {
      const final = await clients[name].responses
        .stream({
          model: "gpt-4o",
          input: "Weather?",
          tools: [{ type: "function", name: weather.name, parameters: weather.schema, strict: true }],
          tool_choice: "required",
        })
        .finalResponse();
      expect(final.output[0]).toMatchObject({
        type: "function_call",
        name: "get_weather",
        arguments: '{"city":"text"}',
      });
    });

    test("embeddings: equal texts, equal unit vectors, base64 as the client asks", async () => {
      const { data } = await clients[name].embeddings.create({
        model: "text-embedding-3-small",
        input: ["a", "b", "a"],
        dimensions: 64,
      });
      expect(data[0]?.embedding).toEqual(data[2]?.embedding);
      expect(data[0]?.embedding).not.toEqual(data[1]?.embedding);
      expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 4);
    });

    test("completions, whole: prompts, echo, the default length", async () => {
      const { choices, usage } = await clients[name].completions.create({
        model: "gpt-4o",
        prompt: ["Once", "Twice upon a time"],
        n: 2,
        echo: true,
      });
      expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
      expect(choices.map(({ text }) => /^[A-Z][a-z]+/.exec(text)?.[0])).toEqual([
        expect.stringMatching(/^Once/),
        expect.stringMatching(/^Once/),
        expect.stringMatching(/^Twice/),
        expect.stringMatching(/^Twice/),
      ]);
      expect(usage?.prompt_tokens).toBe(5);
      expect(usage?.completion_tokens).toBeLessThanOrEqual(4 * 16);
    });

    test("completions, streamed, with usage", async () => {
      const body = { model: "gpt-4o", prompt: [1, 2, 3], max_tokens: 2 };
      const stream = await clients[name].completions.create({
        ...body,
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = "";
      let finish: string | null = null;
      let outputTokens = 0;
      for await (const { choices, usage } of stream) {
        text += choices[0]?.text ?? "";
        finish = choices[0]?.finish_reason ?? finish;
        outputTokens = usage?.completion_tokens ?? outputTokens;
      }
      expect([finish, outputTokens]).toEqual(["length", 2]);
      expect(text.length).toBeGreaterThan(2);
    });

    test("models", async () => {
      const { data } = await clients[name].models.list();
      expect(data.map(({ id }) => id)).toContain("gpt-4o");
      expect((await clients[name].models.retrieve("gpt-4o")).id).toBe("gpt-4o");
    });
  });

  describe("the ai SDK", () => {
    test.each(["chat", "responses"] as const)("%s, whole and streamed", async (api) => {
      const model = clients.ai[api]("gpt-4o");
      const whole = await generateText({ model, prompt: "Why?", maxRetries: 0 });
      expect(whole.text).toMatch(/\.$/);
      expect(whole.finishReason).toBe("stop");
      const streamed = streamText({ model, prompt: "Why?", maxRetries: 0 });
      expect(await streamed.text).toMatch(/\.$/);
      expect((await streamed.usage).outputTokens).toBeGreaterThan(0);
    });
  });

  describe.each(["anthropic", "anthropicOld"] as const)("%s", (name) => {
    const body = { model: "claude-sonnet-5-5", max_tokens: 500, messages: ask };

    test("messages, whole", async () => {
      const { data, response, request_id } = await clients[name].messages.create(body).withResponse();
      expect(data).toMatchObject({ type: "message", role: "assistant", stop_reason: "end_turn" });
      expect(data.content[0]).toMatchObject({ type: "text" });
      expect(data.usage.output_tokens).toBeGreaterThan(0);
      expect(request_id).toMatch(/^req_01/);
      expect(Number(response.headers.get("anthropic-ratelimit-output-tokens-remaining"))).toBeLessThan(
        400_000,
      );
      expect(response.headers.get("anthropic-ratelimit-requests-reset")).toMatch(/^2026-01-01T.*Z$/);
      // Only the newer version shows what is null.
      expect("container" in data).toBe(name === "anthropic");
    });

    test("messages, streamed", async () => {
      const final = await clients[name].messages.stream(body).finalMessage();
      expect(final.stop_reason).toBe("end_turn");
      expect(final.content[0]?.type === "text" && final.content[0].text).toMatch(/\.$/);
      expect(final.usage.output_tokens).toBeGreaterThan(1);
    });

    test("a tool is called, whole and streamed", async () => {
      const withTool = {
        ...body,
        tools: [{ name: weather.name, input_schema: weather.schema }],
        tool_choice: { type: "any" as const },
      };
      const whole = await clients[name].messages.create(withTool);
      const streamed = await clients[name].messages.stream(withTool).finalMessage();
      for (const { content, stop_reason } of [whole, streamed]) {
        expect(stop_reason).toBe("tool_use");
        expect(content[0]).toMatchObject({ type: "tool_use", name: "get_weather", input: { city: "text" } });
      }
    });

    test("count_tokens and models", async () => {
      const { input_tokens } = await clients[name].messages.countTokens({ model: body.model, messages: ask });
      expect(input_tokens).toBe((await clients[name].messages.create(body)).usage.input_tokens);
      const ids: string[] = [];
      for await (const { id } of clients[name].models.list()) ids.push(id);
      expect(ids).toContain(body.model);
      expect((await clients[name].models.retrieve(body.model)).display_name).toBe(body.model);
    });
  });

  describe("ollama", () => {
    test("chat, generate, list, show", async () => {
      const { ollama } = clients;
      expect((await ollama.list()).models.map(({ name }) => name)).toContain("llama3.2");
      expect((await ollama.show({ model: "llama3.2" })).details.format).toBe("gguf");
      const whole = await ollama.chat({ model: "llama3.2", messages: ask });
      expect(whole.message.content).toMatch(/\.$/);
      let text = "";
      for await (const part of await ollama.generate({ model: "llama3.2", prompt: "Why?", stream: true }))
        text += part.response;
      expect(text).toMatch(/\.$/);
      await expect(ollama.chat({ model: "none", messages: ask })).rejects.toThrow("model 'none' not found");
    });
  });
});
