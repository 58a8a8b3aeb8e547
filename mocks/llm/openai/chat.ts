import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { ALPHANUMERIC, randomText } from "../../core/random.ts";
import { contentText, countField, objectsField, stopField, textField } from "../body.ts";
import { refuse } from "../failure.ts";
import { speakTimes } from "../generate.ts";
import type { Speech, Usage } from "../generate.ts";
import { countMessages } from "../prompt.ts";
import type { Prompt, Wants } from "../prompt.ts";
import type { Finish, Reply } from "../reply.ts";
import type { Call } from "../service.ts";
import { streamBody } from "../stream/stream-body.ts";
import { chatEvents, CHAT_WORDS } from "./chat-stream.ts";
import { limitHeaders, openAiHeaders } from "./headers.ts";
import { checkFields } from "./known-fields.ts";

type Body = Readonly<Record<string, unknown>>;
/** OpenAI allows 128; nobody in a rehearsal needs more. */
const MAX_CHOICES = 16;

/** POST /v1/chat/completions */
export async function chatCompletions(call: Call, body: Body): Promise<MockResponse> {
  checkFields(call, "chat", body);
  const prompt = readPrompt(body);
  const choices = countField(body, "n") ?? 1;
  if (choices > MAX_CHOICES) refuse("bad_request", { param: "n", message: `n: at most ${MAX_CHOICES} here` });
  const { random } = call.exchange;
  const head = {
    id: `chatcmpl-${randomText(random, 29, ALPHANUMERIC)}`,
    created: Math.floor(call.service.world.clock.wallMs() / 1_000),
    model: prompt.model,
  };
  const speeches = await speakTimes(call, prompt, "openai", choices);
  const limits = limitHeaders(call);
  if (body["stream"] === true) {
    const includeUsage = (body["stream_options"] as Body | undefined)?.["include_usage"] === true;
    return {
      status: 200,
      headers: { "content-type": "text/event-stream; charset=utf-8", ...openAiHeaders(call) },
      body: streamBody(call, chatEvents(head, speeches, includeUsage, random), CHAT_WORDS, () => {
        for (const speech of speeches) speech.end();
      }),
    };
  }
  await Promise.all(speeches.map((speech) => speech.whole()));
  const value = {
    id: head.id,
    object: "chat.completion",
    created: head.created,
    model: head.model,
    choices: speeches.map(({ reply }, index) => ({
      index,
      message: message(reply, random),
      logprobs: null,
      finish_reason: finishReason(reply.finish),
    })),
    ...usageField(speeches),
    service_tier: "default",
    system_fingerprint: SYSTEM_FINGERPRINT,
  };
  return jsonResponse(200, value, openAiHeaders(call, limits));
}

export const SYSTEM_FINGERPRINT = "fp_firedrill";

export function toolCallId(random: Call["exchange"]["random"]): string {
  return `call_${randomText(random, 24, ALPHANUMERIC)}`;
}

export function finishReason(finish: Finish): string {
  return { stop: "stop", stop_sequence: "stop", length: "length", tool: "tool_calls", refusal: "stop" }[
    finish
  ];
}

function message({ text, tool, finish }: Reply, random: Call["exchange"]["random"]) {
  if (finish === "refusal") return { role: "assistant", content: null, refusal: text, annotations: [] };
  if (tool === null) return { role: "assistant", content: text, refusal: null, annotations: [] };
  const id = toolCallId(random);
  const calls = [{ id, type: "function", function: { name: tool, arguments: text } }];
  return { role: "assistant", content: null, tool_calls: calls, refusal: null, annotations: [] };
}

/** One prompt, all answers. Absent where a fault hides it. */
export function usageField(speeches: readonly Speech[]): { usage?: object } {
  const usages = speeches.map(({ usage }) => usage).filter((usage): usage is Usage => usage !== null);
  if (usages.length === 0) return {};
  const input = usages[0]?.input ?? 0;
  const output = usages.reduce((sum, usage) => sum + usage.output, 0);
  return {
    usage: {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
  };
}

function readPrompt(body: Body): Prompt {
  const messages = objectsField(body, "messages");
  return {
    model: textField(body, "model"),
    inputTokens: countMessages(messages.map(({ content }) => contentText(content))),
    maxTokens: countField(body, "max_completion_tokens") ?? countField(body, "max_tokens"),
    stop: stopField(body),
    wants: readWants(body, messages),
  };
}

/** A tool is called where the client leaves no choice, or leaves it and has not yet heard the tool's result. */
function readWants(body: Body, messages: readonly Body[]): Wants {
  const tools = Array.isArray(body["tools"]) ? (body["tools"] as { function?: Body }[]) : [];
  const choice = body["tool_choice"];
  const named = (choice as { function?: { name?: string } } | undefined)?.function?.name;
  const wanted = tools.find(({ function: it }) =>
    named === undefined ? it !== undefined : it?.["name"] === named,
  );
  const forced = choice === "required" || named !== undefined;
  if (forced && messages.at(-1)?.["role"] !== "tool" && wanted?.function !== undefined)
    return {
      kind: "tool",
      name: String(wanted.function["name"]),
      schema: wanted.function["parameters"] ?? {},
    };
  const format = body["response_format"] as { type?: string; json_schema?: Body } | undefined;
  if (format?.type === "json_schema") return { kind: "json", schema: format.json_schema?.["schema"] ?? {} };
  if (format?.type === "json_object") return { kind: "json", schema: {} };
  return { kind: "text" };
}
