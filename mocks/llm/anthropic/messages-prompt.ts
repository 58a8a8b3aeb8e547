import { contentText, countField, objectsField, textField } from "../body.ts";
import { refuse } from "../failure.ts";
import { countMessages } from "../prompt.ts";
import type { Prompt, Wants } from "../prompt.ts";
import type { Call } from "../service.ts";
import { countTokens } from "../tokens.ts";

type Body = Readonly<Record<string, unknown>>;

const KNOWN = new Set(
  (
    "model messages max_tokens system stream stop_sequences temperature top_k top_p metadata tools tool_choice " +
    "service_tier thinking output_config"
  ).split(" "),
);
/** Known to the API and ignored here: the journal says so. */
const IGNORED = new Set(
  "cache_control container context_management inference_geo mcp_servers speed output_format diagnostics".split(
    " ",
  ),
);

/** @throws ApiError in Anthropic's words. */
export function readMessagesPrompt({ service }: Call, body: Body, generates: boolean): Prompt {
  for (const name of Object.keys(body)) {
    if (KNOWN.has(name)) continue;
    if (!IGNORED.has(name)) refuse("bad_request", { message: `${name}: Extra inputs are not permitted` });
    service.world.unmodelled(`messages: the field ${name}`);
  }
  const model = textField(body, "model");
  const messages = objectsField(body, "messages");
  const maxTokens = countField(body, "max_tokens");
  if (generates && maxTokens === null) refuse("bad_request", { message: "max_tokens: Field required" });
  for (const [at, { role }] of messages.entries())
    if (role !== "user" && role !== "assistant")
      refuse("bad_request", { message: `messages.${at}.role: Input should be 'user' or 'assistant'` });
  const tools = Array.isArray(body["tools"]) ? (body["tools"] as Body[]) : [];
  const texts = messages.map(({ content }) => contentText(content));
  const toolTokens = tools.length === 0 ? 0 : countTokens(JSON.stringify(tools));
  return {
    model,
    inputTokens: countMessages(texts) + countTokens(contentText(body["system"])) + toolTokens,
    maxTokens,
    stop: Array.isArray(body["stop_sequences"]) ? body["stop_sequences"].map(String) : [],
    wants: readWants(body, tools),
  };
}

function readWants(body: Body, tools: readonly Body[]): Wants {
  const choice = body["tool_choice"] as { type?: string; name?: string } | undefined;
  const wanted = tools.find(({ name }) => choice?.name === undefined || name === choice.name);
  if ((choice?.type === "any" || choice?.type === "tool") && wanted !== undefined)
    return { kind: "tool", name: String(wanted["name"]), schema: wanted["input_schema"] ?? {} };
  const format = (body["output_config"] as { format?: Body } | undefined)?.format;
  return format?.["type"] === "json_schema"
    ? { kind: "json", schema: format["schema"] ?? {} }
    : { kind: "text" };
}
