import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { ALPHANUMERIC, randomText } from "../../core/random.ts";
import { countField, stopField, textField } from "../body.ts";
import { refuse } from "../failure.ts";
import { speakTimes } from "../generate.ts";
import type { Speech } from "../generate.ts";
import type { Call } from "../service.ts";
import { streamBody } from "../stream/stream-body.ts";
import { countTokens } from "../tokens.ts";
import { CHAT_WORDS } from "./chat-stream.ts";
import { finishReason, SYSTEM_FINGERPRINT } from "./chat.ts";
import { completionEvents } from "./completions-stream.ts";
import { limitHeaders, openAiHeaders } from "./headers.ts";
import { checkFields } from "./known-fields.ts";

type Body = Readonly<Record<string, unknown>>;
/** Ours, for prompts times `n`: nobody in a rehearsal needs more. */
const MAX_CHOICES = 16;
/** What both OpenAI and vLLM make of a request that sets none. */
const MAX_TOKENS = 16;

/** One answer to one prompt, with the text before it if the client wants that back. */
export interface Completion {
  readonly speech: Speech;
  readonly echo: string;
}

/** POST /v1/completions, the API of before chat, which base models on vLLM still have. */
export async function completions(call: Call, body: Body): Promise<MockResponse> {
  checkFields(call, "completions", body);
  const model = textField(body, "model");
  const prompts = readPrompts(body["prompt"]);
  const each = countField(body, "n") ?? 1;
  if (prompts.length * each > MAX_CHOICES)
    refuse("bad_request", { param: "n", message: `n: at most ${MAX_CHOICES} choices here` });
  const maxTokens = countField(body, "max_tokens") ?? MAX_TOKENS;
  const head = {
    id: `cmpl-${randomText(call.exchange.random, 29, ALPHANUMERIC)}`,
    object: "text_completion",
    created: Math.floor(call.service.world.clock.wallMs() / 1_000),
    model,
    system_fingerprint: SYSTEM_FINGERPRINT,
  };
  const answers: Completion[] = [];
  const end = () => answers.forEach(({ speech }) => speech.end());
  try {
    for (const { text, tokens } of prompts) {
      const prompt = { model, inputTokens: tokens, maxTokens, stop: stopField(body), wants: TEXT };
      const echo = body["echo"] === true ? (text ?? unknownText(call)) : "";
      for (const speech of await speakTimes(call, prompt, "openai", each)) answers.push({ speech, echo });
    }
  } catch (error) {
    end();
    throw error;
  }
  const limits = limitHeaders(call);
  const usage = usageField(prompts, answers);
  if (body["stream"] === true) {
    const includeUsage = (body["stream_options"] as Body | undefined)?.["include_usage"] === true;
    return {
      status: 200,
      headers: { "content-type": "text/event-stream; charset=utf-8", ...openAiHeaders(call) },
      body: streamBody(call, completionEvents(head, answers, includeUsage ? usage : null), CHAT_WORDS, end),
    };
  }
  await Promise.all(answers.map(({ speech }) => speech.whole()));
  const choices = answers.map(({ speech: { reply }, echo }, index) => ({
    text: echo + reply.text,
    index,
    logprobs: null,
    finish_reason: finishReason(reply.finish),
  }));
  return jsonResponse(200, { ...head, choices, ...usage }, openAiHeaders(call, limits));
}

const TEXT = { kind: "text" } as const;

/** A prompt's text, null where the client sent token ids, and its length. */
interface GivenPrompt {
  readonly text: string | null;
  readonly tokens: number;
}

/** A text, texts, token ids, or lists of token ids. @throws ApiError for anything else. */
function readPrompts(given: unknown): GivenPrompt[] {
  const ids = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id));
  const one = (value: unknown): GivenPrompt => {
    if (typeof value === "string") return { text: value, tokens: countTokens(value) };
    if (ids(value)) return { text: null, tokens: value.length };
    return refuse("bad_request", { param: "prompt", message: "'$.prompt' is invalid." });
  };
  return Array.isArray(given) && given.length > 0 && !ids(given) ? given.map(one) : [one(given)];
}

function unknownText({ service }: Call): string {
  service.world.unmodelled("completions: echo of a prompt of token ids");
  return "";
}

/** Every prompt counts once, however often it is answered. Absent where a fault hides it. */
function usageField(prompts: readonly GivenPrompt[], answers: readonly Completion[]): { usage?: object } {
  const usages = answers.flatMap(({ speech: { usage } }) => (usage === null ? [] : [usage]));
  if (usages.length === 0) return {};
  const input = usages.reduce((sum, usage) => sum + usage.input, 0) / (answers.length / prompts.length);
  const output = usages.reduce((sum, usage) => sum + usage.output, 0);
  return { usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output } };
}
