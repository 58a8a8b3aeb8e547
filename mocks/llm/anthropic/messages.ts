import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { ALPHANUMERIC, randomText } from "../../core/random.ts";
import { speak } from "../generate.ts";
import type { Speech, Usage } from "../generate.ts";
import type { Finish, Reply } from "../reply.ts";
import type { Call } from "../service.ts";
import { streamBody } from "../stream/stream-body.ts";
import { anthropicHeaders } from "./headers.ts";
import { messageEvents, messageWords } from "./messages-stream.ts";
import { readMessagesPrompt } from "./messages-prompt.ts";
import { isNullable, readVersion } from "./version.ts";
import type { AnthropicVersion } from "./version.ts";

type Body = Readonly<Record<string, unknown>>;

/** What of a message is known before the model speaks. */
export interface MessageHead {
  readonly version: AnthropicVersion;
  readonly id: string;
  readonly toolId: string;
  readonly model: string;
}

/** POST /v1/messages */
export async function createMessage(call: Call, body: Body): Promise<MockResponse> {
  const version = readVersion(call.request);
  const prompt = readMessagesPrompt(call, body, true);
  const speech = await speak(call, prompt, "anthropic");
  const { random } = call.exchange;
  const head: MessageHead = {
    version,
    id: `msg_01${randomText(random, 22, ALPHANUMERIC)}`,
    toolId: `toolu_01${randomText(random, 22, ALPHANUMERIC)}`,
    model: prompt.model,
  };
  // The limits of the moment when the request was let in.
  const headers = anthropicHeaders(call);
  if (body["stream"] === true)
    return {
      status: 200,
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
        ...headers,
      },
      body: streamBody(call, messageEvents(head, speech), messageWords(call), speech.end),
    };
  await speech.whole();
  return jsonResponse(200, wholeMessage(head, speech), headers);
}

/** POST /v1/messages/count_tokens */
export function countMessageTokens(call: Call, body: Body): MockResponse {
  readVersion(call.request);
  const { inputTokens } = readMessagesPrompt(call, body, false);
  return jsonResponse(200, { input_tokens: inputTokens }, anthropicHeaders(call));
}

function wholeMessage(head: MessageHead, { reply, usage }: Speech) {
  return {
    ...messageStart(head, usage),
    content: [contentBlock(head, reply)],
    stop_reason: stopReason(reply.finish),
    stop_sequence: reply.stopSequence,
    ...(usage === null ? {} : { usage: usageField(head.version, usage.input, usage.output) }),
  };
}

/** The message as `message_start` shows it. */
export function messageStart({ id, model, version }: MessageHead, usage: Usage | null) {
  return {
    model,
    id,
    type: "message",
    role: "assistant",
    content: [] as object[],
    ...(isNullable(version) ? { container: null, diagnostics: null, stop_details: null } : {}),
    stop_reason: null as string | null,
    stop_sequence: null as string | null,
    ...(usage === null ? {} : { usage: usageField(version, usage.input, 1) }),
  };
}

export function usageField(version: AnthropicVersion, input: number, output: number) {
  const both = {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
    service_tier: "standard",
  };
  if (!isNullable(version)) return both;
  return {
    ...both,
    cache_creation: null,
    inference_geo: null,
    output_tokens_details: null,
    server_tool_use: null,
    speed: null,
  };
}

function contentBlock({ toolId, version }: MessageHead, { tool, text }: Reply): object {
  if (tool === null) return { type: "text", text, ...(isNullable(version) ? { citations: null } : {}) };
  // A tool call whose JSON a fault has cut can't be an object: the block then is what a client can't use.
  return { type: "tool_use", id: toolId, name: tool, input: parseOr(text) };
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function stopReason(finish: Finish): string {
  const reasons = {
    stop: "end_turn",
    stop_sequence: "stop_sequence",
    length: "max_tokens",
    tool: "tool_use",
    refusal: "refusal",
  } as const;
  return reasons[finish];
}
