import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { HEX, randomText } from "../../core/random.ts";
import { contentText, countField, textField } from "../body.ts";
import { refuse } from "../failure.ts";
import { speak } from "../generate.ts";
import type { Speech } from "../generate.ts";
import { countMessages } from "../prompt.ts";
import type { Prompt, Wants } from "../prompt.ts";
import type { Call } from "../service.ts";
import { streamBody } from "../stream/stream-body.ts";
import { limitHeaders, openAiHeaders } from "./headers.ts";
import { checkFields } from "./known-fields.ts";
import { outputItem } from "./response-item.ts";
import { responseEvents, RESPONSE_WORDS } from "./responses-stream.ts";

type Body = Readonly<Record<string, unknown>>;

/** POST /v1/responses */
export async function createResponse(call: Call, body: Body): Promise<MockResponse> {
  checkFields(call, "responses", body);
  const prompt = readPrompt(body);
  const speech = await speak(call, prompt, "openai");
  const { random } = call.exchange;
  const base = responseBase(call, body, prompt.model);
  const ids = { item: randomText(random, 48, HEX), call: randomText(random, 24, HEX) };
  if (body["stream"] === true)
    return {
      status: 200,
      headers: { "content-type": "text/event-stream; charset=utf-8", ...openAiHeaders(call) },
      body: streamBody(call, responseEvents(base, speech, ids), RESPONSE_WORDS, speech.end),
    };
  const limits = limitHeaders(call);
  await speech.whole();
  const value = finishedResponse(base, speech, outputItem(speech.reply, ids, "completed"));
  return jsonResponse(200, value, openAiHeaders(call, limits));
}

/** All of a response that is known before the model speaks. */
function responseBase({ exchange, service }: Call, body: Body, model: string) {
  return {
    id: `resp_${randomText(exchange.random, 48, HEX)}`,
    object: "response",
    created_at: Math.floor(service.world.clock.wallMs() / 1_000),
    status: "in_progress",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body["instructions"] ?? null,
    max_output_tokens: body["max_output_tokens"] ?? null,
    max_tool_calls: null,
    model,
    output: [] as object[],
    parallel_tool_calls: body["parallel_tool_calls"] ?? true,
    previous_response_id: null,
    prompt_cache_key: body["prompt_cache_key"] ?? null,
    reasoning: body["reasoning"] ?? { effort: null, summary: null },
    safety_identifier: body["safety_identifier"] ?? null,
    service_tier: "default",
    store: body["store"] ?? true,
    temperature: body["temperature"] ?? 1,
    text: body["text"] ?? { format: { type: "text" }, verbosity: "medium" },
    tool_choice: body["tool_choice"] ?? "auto",
    tools: body["tools"] ?? [],
    top_logprobs: 0,
    top_p: body["top_p"] ?? 1,
    truncation: body["truncation"] ?? "disabled",
    usage: null as object | null,
    user: body["user"] ?? null,
    metadata: body["metadata"] ?? {},
  };
}

export type ResponseBase = ReturnType<typeof responseBase>;

export function finishedResponse(base: ResponseBase, { reply, usage }: Speech, item: object): ResponseBase {
  const cut = reply.finish === "length";
  return {
    ...base,
    status: cut ? "incomplete" : "completed",
    incomplete_details: (cut ? { reason: "max_output_tokens" } : null) as null,
    output: [item],
    usage:
      usage === null
        ? null
        : {
            input_tokens: usage.input,
            input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
            output_tokens: usage.output,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: usage.input + usage.output,
          },
  };
}

function readPrompt(body: Body): Prompt {
  const { input, instructions } = body;
  if (typeof input !== "string" && !Array.isArray(input))
    refuse("bad_request", { param: "input", message: "Missing required parameter: 'input'." });
  const items = typeof input === "string" ? [{ content: input }] : (input as Body[]);
  const texts = items.map((item) => contentText(item["content"] ?? item["output"] ?? JSON.stringify(item)));
  return {
    model: textField(body, "model"),
    inputTokens: countMessages(typeof instructions === "string" ? [instructions, ...texts] : texts),
    maxTokens: countField(body, "max_output_tokens"),
    stop: [],
    wants: readWants(body, items),
  };
}

function readWants(body: Body, items: readonly Body[]): Wants {
  const tools = Array.isArray(body["tools"]) ? (body["tools"] as Body[]) : [];
  const choice = body["tool_choice"];
  const named = (choice as { name?: string } | undefined)?.name;
  const wanted = tools.find(
    (tool) => tool["type"] === "function" && (named === undefined || tool["name"] === named),
  );
  const forced = choice === "required" || named !== undefined;
  if (forced && items.at(-1)?.["type"] !== "function_call_output" && wanted !== undefined)
    return { kind: "tool", name: String(wanted["name"]), schema: wanted["parameters"] ?? {} };
  const format = (body["text"] as { format?: Body } | undefined)?.format;
  if (format?.["type"] === "json_schema") return { kind: "json", schema: format["schema"] ?? {} };
  return format?.["type"] === "json_object" ? { kind: "json", schema: {} } : { kind: "text" };
}
