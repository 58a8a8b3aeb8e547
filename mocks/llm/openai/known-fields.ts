import type { Call } from "../service.ts";
import { refuse } from "../failure.ts";

/** Fields of POST /v1/chat/completions that shape the answer here, or need not (sampling, identity). */
const CHAT = new Set(
  (
    "model messages max_tokens max_completion_tokens stop stream stream_options n response_format tools tool_choice " +
    "temperature top_p seed user metadata presence_penalty frequency_penalty parallel_tool_calls service_tier " +
    "safety_identifier prompt_cache_key reasoning_effort verbosity"
  ).split(" "),
);
/** Fields that OpenAI knows and this mock ignores: the journal says so. */
const CHAT_IGNORED = new Set(
  (
    "logprobs top_logprobs logit_bias audio modalities prediction web_search_options store function_call functions " +
    "prompt_cache_retention prompt_cache_options"
  ).split(" "),
);
const RESPONSES = new Set(
  (
    "model input instructions max_output_tokens stream stream_options text tools tool_choice temperature top_p user " +
    "metadata parallel_tool_calls service_tier safety_identifier prompt_cache_key reasoning store truncation"
  ).split(" "),
);
const RESPONSES_IGNORED = new Set(
  (
    "include previous_response_id conversation background max_tool_calls prompt top_logprobs prompt_cache_retention " +
    "context_management prompt_cache_options"
  ).split(" "),
);

const COMPLETIONS = new Set(
  (
    "model prompt max_tokens n stop stream stream_options echo temperature top_p seed user presence_penalty " +
    "frequency_penalty"
  ).split(" "),
);
const COMPLETIONS_IGNORED = new Set("logprobs logit_bias best_of suffix".split(" "));

const FIELDS = {
  chat: [CHAT, CHAT_IGNORED],
  completions: [COMPLETIONS, COMPLETIONS_IGNORED],
  responses: [RESPONSES, RESPONSES_IGNORED],
} as const;

/** @throws ApiError for a field that OpenAI has not heard of, in its words. */
export function checkFields({ service }: Call, api: keyof typeof FIELDS, body: object): void {
  const [known, ignored] = FIELDS[api];
  for (const name of Object.keys(body)) {
    if (known.has(name)) continue;
    if (!ignored.has(name))
      refuse("bad_request", {
        param: name,
        code: "unknown_parameter",
        message: `Unknown parameter: '${name}'.`,
      });
    service.world.unmodelled(`${api}: the field ${name}`);
  }
}
